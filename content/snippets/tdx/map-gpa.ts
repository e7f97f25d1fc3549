/** MapGPA: what the guest asks, what user space sees of it, and how a long range is cut. */
import { map_gpa, MiB, PAGE, sharedAddress } from 'unmapped';

// Two pages are to become shared: the address has the shared bit.
const asked = map_gpa(sharedAddress(0x1000, 0), 2 * PAGE); // → TDVMCALL_STATUS_SUCCESS, 1 exit
asked.exits[0]; // → KVM_EXIT_HYPERCALL { nr: KVM_HC_MAP_GPA_RANGE, gpa: 0x1000, npages: 2, attributes: decrypted }

// Back to private; the guest accepts the pages afterwards.
map_gpa(0x1000, 2 * PAGE).exits[0]; // → KVM_EXIT_HYPERCALL { nr: KVM_HC_MAP_GPA_RANGE, gpa: 0x1000, npages: 2, attributes: encrypted }

// 5 MiB: three exits; user space refuses the second.
map_gpa(0x20_0000, 5 * MiB); // → TDVMCALL_STATUS_SUCCESS, 3 exits
map_gpa(0x20_0000, 5 * MiB, { answer: (_exit, piece) => piece }); // → TDVMCALL_STATUS_INVALID_OPERAND at 0x400000, 2 exits
// An interrupt comes after the first: the guest asks for the rest.
map_gpa(0x20_0000, 5 * MiB, { event_after: 1 }); // → TDVMCALL_STATUS_RETRY at 0x400000, 1 exit

// Half a page, nothing, and a range across the border.
map_gpa(0x1000, 100); // → TDVMCALL_STATUS_ALIGN_ERROR
map_gpa(0x1000, 0); // → TDVMCALL_STATUS_INVALID_OPERAND
map_gpa(2 ** 47 - PAGE, 2 * PAGE); // → TDVMCALL_STATUS_INVALID_OPERAND
