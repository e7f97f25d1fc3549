/** What a snippet may import of the TDX room, by way of `unmapped`. */
export { add_tables, type BringUp, initialized_td, runnable_td } from './bring-up.ts';
export { type Address, TdBuild, type TdBuildOptions } from './build.ts';
export { MachineCheck, type PlatformOptions, type TdGuest, TdxPlatform } from './consumers.ts';
export { type Content, filled, given, page, ramp, seeded, shifted, zeros } from './content.ts';
export { Interrupted, TdExit, VirtualizationException } from './exit.ts';
export type { AcceptOptions } from './guest-access.ts';
export { type TdxMemRegion, TdxVm, type TdxVmOptions, tdx_module } from './kvm/tdx-vm.ts';
export { type Gpaw, isPrivate, levelBytes, sharedAddress, sharedBit } from './levels.ts';
export type { TdParams } from './life-cycle.ts';
export { type MapGpaOptions, MapGpaResult, map_gpa, TDVMCALL_STATUS, TDX_MAP_GPA_MAX_LEN } from './map-gpa.ts';
export { record } from './measurement.ts';
export { type GuestRead, type ModuleOptions, TdxModule } from './module.ts';
export {
  LIFECYCLE,
  type Lifecycle,
  OP_STATES,
  OP_STATES_BY_CALL,
  type OpState,
  TRACKING_REQUIRED,
} from './op-states.ts';
export { type CallOrder, ORDERS } from './order.ts';
export { PAGE_TYPES, type PageType } from './pamt.ts';
export { type InitMemRegion, KVM_TDX_MEASURE_MEMORY_REGION, kvm_tdx_init_mem_region } from './regions.ts';
export { SEPT_STATES, type SeptState, STATES_BY_CALL } from './sept-states.ts';
export { TDX_OPERAND, TDX_STATUS, TDX_SUCCESS, type TdxDetails, type TdxOperand, TdxStatus } from './status.ts';
export {
  NoTdvf,
  parseTdvf,
  TDVF_SECTION_ATTRIBUTES_MR_EXTEND,
  TDVF_SECTION_ATTRIBUTES_PAGE_AUG,
  TDVF_SECTION_TYPES,
  type Tdvf,
  type TdvfSection,
} from './tdvf.ts';
export { build_tdvf, type TdvfPolicy } from './tdvf-build.ts';
