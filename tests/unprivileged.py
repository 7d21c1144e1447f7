"""Child processes to which the system denies what it denies an ordinary user; the tests may be run by root."""

import ctypes
import os

DROP_FROM_BOUNDING_SET = 24  # PR_CAPBSET_DROP of <linux/prctl.h>
OVERRIDE_PERMISSIONS = (1, 2)  # CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH of <linux/capability.h>


def give_up_rights() -> None:
    """Give up, from the next program on, the right of root to open everything; for `preexec_fn` of a subprocess."""
    if os.geteuid() == 0:
        for capability in OVERRIDE_PERMISSIONS:
            if ctypes.CDLL(None, use_errno=True).prctl(DROP_FROM_BOUNDING_SET, capability, 0, 0, 0):
                raise OSError(ctypes.get_errno(), "root can't give up its rights here")
