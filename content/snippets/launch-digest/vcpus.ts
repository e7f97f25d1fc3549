/** KVM measures a register page for each vCPU, all at one address: the number of vCPUs is in the digest. */
import { type Digest, LaunchDigest, PAGE, SNP_PAGE_TYPE_VMSA } from 'unmapped';

const INITIAL_VMSA_GPA = 0xfffffffff000;
const registers = new Uint8Array(PAGE);
registers[0x3b0] = 1;

function guestWith(vcpus: number): Digest {
  const launch = new LaunchDigest();
  for (let vcpu = 0; vcpu < vcpus; vcpu++) {
    launch.snp_launch_update({ gpa: INITIAL_VMSA_GPA, page_type: SNP_PAGE_TYPE_VMSA, data: registers });
  }
  return launch.digest;
}

guestWith(1); // → bce92538ddfbc9c8…
guestWith(2); // → 3840ae9835d9baba…
guestWith(4); // → 4b32eb9a5912e359…
