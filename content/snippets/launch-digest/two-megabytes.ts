/** One 2M page is measured as 512 pages of 4K. */
import { LaunchDigest, MiB, PAGE, SNP_PAGE_TYPE_NORMAL } from 'unmapped';

const bytes = new Uint8Array(2 * MiB);
for (let at = 0; at < 2 * MiB; at += PAGE) bytes.fill(at / PAGE, at, at + PAGE);
const gpa = 0x40000000;

const large = new LaunchDigest();
large.snp_launch_update({ gpa, page_type: SNP_PAGE_TYPE_NORMAL, page_size: '2M', data: bytes }); // → SUCCESS
const small = new LaunchDigest();
for (let at = 0; at < 2 * MiB; at += PAGE) {
  const data = bytes.subarray(at, at + PAGE);
  small.snp_launch_update({ gpa: gpa + at, page_type: SNP_PAGE_TYPE_NORMAL, data });
}

large.steps.length; // → 512
large.digest; // → d45144e4b70474e0…
small.digest; // → d45144e4b70474e0…
large.picture('The first and the last steps of a 2M page');
