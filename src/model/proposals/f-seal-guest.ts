/**
 * F_SEAL_GUEST: RFC v2 of 2021-11-19 by Kirill Shutemov and Chao Peng, as posted, and what the thread under it argued for.
 * https://lore.kernel.org/all/20211119134739.20218-2-chao.p.peng@linux.intel.com/
 *
 * Never merged. Constants with numbers that mean something else today live here and nowhere else.
 */

export { KVM_MEM_LOG_DIRTY_PAGES } from '../kvm/constants.ts';
export { KvmExit } from '../kvm/exit.ts';
export {
  fSealGuest,
  fSealGuestAdmits,
  fSealGuestCharged,
  fSealGuestExclusive,
  fSealGuestManyUsers,
  fSealGuestNoOtherSeals,
  fSealGuestUnmovable,
  fSealGuestV2,
  fSealGuestWithReference,
  fSealTrapDoor,
  mfdGuest,
} from './f-seal-guest/kernels.ts';
export { type FileRegion, GuestVm, kvm_create_vm } from './f-seal-guest/kvm.ts';
export {
  type GuestMemOps,
  type GuestOps,
  memfd_register_guest,
  type Registrant,
  WouldSleep,
} from './f-seal-guest/owner.ts';
export { migrate_page, offline_movable, page_zone, type Zone } from './f-seal-guest/placement.ts';
export { punch_in_steps, SteppedPunch, type StepResult, UseAfterFree } from './f-seal-guest/race.ts';
export { chargedPages, F_SEAL_GUEST, isGuestFile, MFD_GUEST } from './f-seal-guest/seal.ts';
export { callbacks, callPicture } from './f-seal-guest/state.ts';
export { POSTED, type Variant } from './f-seal-guest/variant.ts';
export { MediatedDevice, mdev_map, Vfio, vfio_open } from './f-seal-guest/vfio.ts';
