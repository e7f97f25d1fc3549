// Does not parse, in a way that closes whatever is put around it.
// ends: syntax
}); })(); fetch('%HERE%/hostile?broken-out'); (async () => { ({
