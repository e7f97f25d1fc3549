/** The mitigation: F_SEAL_GUEST only on a file without any other seal. */
import { F_ADD_SEALS, F_SEAL_GROW, Host, MFD_ALLOW_SEALING } from 'unmapped';
import { F_SEAL_GUEST, fSealGuestNoOtherSeals, fSealGuestV2 } from 'unmapped/proposals/f-seal-guest';

// First as posted, then with the rule that Andy Lutomirski names. (He names no errno; the model says -EBUSY.)
for (const kernel of [fSealGuestV2, fSealGuestNoOtherSeals]) {
  const host = new Host(kernel);
  const owner = host.process('owner');
  const peer = host.process('peer');

  // An owner that set any seal is safe under the rule.
  const marked = owner.memfd_create('marked', MFD_ALLOW_SEALING);
  owner.fcntl(marked, F_ADD_SEALS, F_SEAL_GROW); // → 0, 0 (×2)
  peer.fcntl(owner.scm_rights(marked, peer), F_ADD_SEALS, F_SEAL_GUEST); // → 0, -EBUSY (×2)

  // An owner that set none is not: hence mostly mitigated, not solved.
  const bare = owner.memfd_create('bare', MFD_ALLOW_SEALING);
  peer.fcntl(owner.scm_rights(bare, peer), F_ADD_SEALS, F_SEAL_GUEST); // → 0, 0 (×2)
}
