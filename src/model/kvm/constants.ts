/** Numbers of KVM's user interface. Source: include/uapi/linux/kvm.h, arch/x86/include/uapi/asm/kvm.h, Linux 6.18. */

export const KVM_MEM_LOG_DIRTY_PAGES = 1;
export const KVM_MEM_READONLY = 2;
export const KVM_MEM_GUEST_MEMFD = 4;

export const GUEST_MEMFD_FLAG_MMAP = 1;
export const GUEST_MEMFD_FLAG_INIT_SHARED = 2;

export const KVM_MEMORY_ATTRIBUTE_PRIVATE = 8;
/** Bit 3 of the flags of KVM_EXIT_MEMORY_FAULT. */
export const KVM_MEMORY_EXIT_FLAG_PRIVATE = 8;

export const KVM_X86_DEFAULT_VM = 0;
export const KVM_X86_SW_PROTECTED_VM = 1;
export const KVM_X86_SEV_VM = 2;
export const KVM_X86_SEV_ES_VM = 3;
export const KVM_X86_SNP_VM = 4;
export const KVM_X86_TDX_VM = 5;

export const KVM_CAP_NR_MEMSLOTS = 10;
export const KVM_CAP_READONLY_MEM = 81;
export const KVM_CAP_MULTI_ADDRESS_SPACE = 118;
export const KVM_CAP_EXIT_HYPERCALL = 201;
export const KVM_CAP_USER_MEMORY2 = 231;
export const KVM_CAP_MEMORY_FAULT_INFO = 232;
export const KVM_CAP_MEMORY_ATTRIBUTES = 233;
export const KVM_CAP_GUEST_MEMFD = 234;
export const KVM_CAP_VM_TYPES = 235;
export const KVM_CAP_PRE_FAULT_MEMORY = 236;
export const KVM_CAP_GUEST_MEMFD_FLAGS = 244;

/** A hypercall: its number, and the bit that asks for private memory. Source: include/uapi/linux/kvm_para.h. */
export const KVM_HC_MAP_GPA_RANGE = 12;
export const KVM_MAP_GPA_RANGE_ENCRYPTED = 16;

/** What KVM_CAP_NR_MEMSLOTS answers on x86. */
export const NR_MEMSLOTS = 32764;
