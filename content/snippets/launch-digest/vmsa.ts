/** A register page: two of its fields are hashed as zeros, because the firmware sets them itself. */
import { LaunchDigest, PAGE, SNP_PAGE_TYPE_VMSA } from 'unmapped';

const TSC_OFFSET = 0x2f8; // GUEST_TSC_OFFSET, after GUEST_TSC_SCALE at 0x2f0
const SEV_FEATURES = 0x3b0;

function digestOf(offset: number, byte: number) {
  const data = new Uint8Array(PAGE);
  data[SEV_FEATURES] = 1;
  data[offset] = byte;
  const launch = new LaunchDigest();
  launch.snp_launch_update({ gpa: 0xfffffffff000, page_type: SNP_PAGE_TYPE_VMSA, data });
  return launch.digest;
}

digestOf(TSC_OFFSET, 0); // → bce92538ddfbc9c8…
digestOf(TSC_OFFSET, 0x77); // → bce92538ddfbc9c8…
digestOf(SEV_FEATURES, 0x21); // → a54608761910e993…
