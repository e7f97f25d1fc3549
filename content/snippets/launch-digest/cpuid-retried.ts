/** A CPUID table is refused, corrected and accepted: the refusal leaves no trace in the digest. */
import { checkCpuidPage, cpuidPage, LaunchDigest, SNP_PAGE_TYPE_CPUID, SNP_PAGE_TYPE_ZERO } from 'unmapped';

// What this processor has of leaf 7: the VMM asks for one bit more.
const processor = [{ eax_in: 0x7, ebx: 0x0000ffff }];
const asked = cpuidPage([{ eax_in: 0x7, ebx: 0x0001ffff }]);

const launch = new LaunchDigest({ processor });
launch.snp_launch_update({ gpa: 0x800000, page_type: SNP_PAGE_TYPE_ZERO }); // → SUCCESS
launch.digest; // → 4472405c6dbc65e5…
launch.picture('One page is in');
launch.snp_launch_update({ gpa: 0x80e000, page_type: SNP_PAGE_TYPE_CPUID, data: asked }); // → INVALID_PARAM
launch.digest; // → 4472405c6dbc65e5…
launch.picture('The table is refused: the digest stays');

// The firmware hands back the table with the values that it would accept.
const { corrected = asked } = checkCpuidPage(asked, processor);
launch.snp_launch_update({ gpa: 0x80e000, page_type: SNP_PAGE_TYPE_CPUID, data: corrected }); // → SUCCESS
launch.digest; // → 523c1b4c3825640d…
launch.picture('The corrected table is accepted');
