/** Which NUMA node a new page comes from when the VMM asks for the second one; everything runs on the first. */
import { FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE, MAP_SHARED, MPOL_BIND, PAGE, PROT_READ } from 'unmapped';
import { noSuchOperation, nothing, notStated, stage, word } from 'unmapped/proposals/stage';
import type { Generation, Outcome } from '../../../src/snippet/types.ts';

export default function scenario(g: Generation): Outcome {
  const { vmm, memory } = stage(g.id);
  const fd = memory(1);
  const view = vmm.mmap(0, PAGE, PROT_READ, MAP_SHARED, fd, 0);
  const asked = nothing(view) ? noSuchOperation : vmm.mbind(view, PAGE, MPOL_BIND, 0b10);
  // The page is made anew: a policy is for pages to come.
  const made = [FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, FALLOC_FL_KEEP_SIZE].map((mode) =>
    vmm.fallocate(fd, mode, 0, PAGE),
  );
  const file = vmm.file(fd);
  const node = 'inode' in file ? file.inode.page(0)?.frame.node : undefined;
  const refused = made.find(nothing);
  const place = made.includes(notStated as never) ? notStated : (refused ?? word(`node ${node}`));
  return { 'the mapping': nothing(view) ? view : word('mapped'), 'mbind': asked, 'a new page lies on': place };
}
