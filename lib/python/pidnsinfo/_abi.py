# SPDX-License-Identifier: LGPL-2.1-or-later
"""The binary interface of libpidnsinfo, as its header declares it, for ctypes: tables, and the library."""

import contextlib
import ctypes
import operator
import os
import pathlib
from ctypes import POINTER, c_char_p, c_int, c_int32, c_size_t, c_uint32, c_uint64, c_void_p

# One row a field, in the order of the C record: name, type, bit of `known`, conversion. A None for
# the bit: the field is always known, or (with a leading underscore) not an attribute of its own.
# tests/bind compares all of it with the C compiler's view of the header.

def _pid(value):
    """A process or a time that is known; 0 is none."""
    return value or None


def _state(value):
    return _name(_library().pidns_state_name, value)


# lib/core/facts.py: namespaces
_NS_FIELDS = (
    ("_known", c_uint64, None, None),
    ("ino", c_uint64, 0, None),
    ("cookie", c_uint64, 1, None),
    ("owner_ns", c_uint64, 8, None),
    ("reaper_start_ns", c_uint64, 6, None),
    ("alloc_failures", c_uint64, 11, None),
    ("depth", c_uint32, None, None),
    ("level", c_uint32, 3, None),
    ("state", c_uint32, 4, _state),
    ("reaper", c_int32, 5, _pid),
    ("owner_uid", c_uint32, 7, None),
    ("pids_used", c_uint32, 9, None),
    ("pids_used_exact", c_uint32, 9, bool),
    ("pids_peak", c_uint32, 10, None),
    ("last_pid", c_int32, 12, None),
    ("pids_max", c_uint32, 13, None),
    ("processes", c_uint32, 14, None),
    ("threads", c_uint32, 15, None),
    ("zombies", c_uint32, 16, None),
    ("joined", c_uint32, 17, None),
    ("processes_below", c_uint32, 14, None),
    ("threads_below", c_uint32, 15, None),
    ("zombies_below", c_uint32, 16, None),
    ("_pidmap_block", c_uint32, None, None),
    ("_pidmap", POINTER(c_uint32), None, None),
    ("_nr_pidmap", c_uint32, None, None),
    ("_reserved", c_uint32, None, None),
    ("_notes", c_void_p, None, None),
)
_NS_PARENT = 1 << 2
_NS_PIDMAP = 1 << 18
_NS_NOTES = 1 << 19
# lib/core/facts.py: end

# lib/core/facts.py: tasks
_TASK_FIELDS = (
    ("_known", c_uint64, None, None),
    ("_ns", c_void_p, None, None),
    ("_ns_for_children", c_void_p, None, None),
    ("_vpids", POINTER(c_int32), None, None),
    ("comm", c_char_p, 5, os.fsdecode),
    ("start_ns", c_uint64, 6, None),
    ("cpu_ns", c_uint64, 7, None),
    ("rss_bytes", c_uint64, 8, None),
    ("_nr_vpids", c_uint32, None, None),
    ("pid", c_int32, None, None),
    ("tid", c_int32, None, None),
    ("ppid", c_int32, 1, None),
    ("vpgid", c_int32, 10, None),
    ("vsid", c_int32, 11, None),
    ("uid", c_uint32, 3, None),
    ("ruid", c_uint32, 4, None),
    ("state", c_uint32, 2, chr),
    ("threads", c_uint32, 9, None),
    ("has_joined", c_uint32, 13, bool),
    ("pidfd_ino", c_uint64, 14, None),
)
_TASK_VPIDS = 1 << 0
_TASK_NS_FOR_CHILDREN = 1 << 12
# lib/core/facts.py: end


def _text(value):
    return None if value is None else os.fsdecode(value)


_NOTES_FIELDS = (
    ("_known", c_uint64, None, None),
    ("_container", c_void_p, None, None),
    ("_limits", POINTER(c_void_p), None, None),
    ("_pins", POINTER(c_void_p), None, None),
    ("_zombie", c_void_p, None, None),
    ("_nr_limits", c_uint32, None, None),
    ("_nr_pins", c_uint32, None, None),
)
_NOTE_LIMITS = 1 << 0
_NOTE_CONTAINER = 1 << 1
_NOTE_PINS = 1 << 2
_NOTE_ZOMBIE = 1 << 3

_CONTAINER_FIELDS = (
    ("name", c_char_p, None, _text),
    ("id", c_char_p, None, _text),
    ("runtime", c_char_p, None, _text),
    ("source", c_char_p, None, _text),
    ("pod", c_char_p, None, _text),
    ("is_users", c_uint32, None, bool),
    ("_owner_uid", c_uint32, None, None),
)

_LIMIT_FIELDS = (
    ("_known", c_uint32, None, None),
    ("kind", c_uint32, None, lambda value: _name(_library().pidns_limit_name, value)),
    ("used", c_uint64, 0, None),
    ("max", c_uint64, 1, None),
    ("hits", c_uint64, 2, None),
    ("source", c_char_p, None, _text),
    ("error", c_int32, None, None),
    ("is_fork", c_uint32, None, bool),
    ("flags", c_uint32, 3, None),
    ("_reserved", c_uint32, None, None),
    ("holders", c_char_p, None, _text),
)

_PIN_FIELDS = (
    ("kind", c_uint32, None, lambda value: _name(_library().pidns_pin_name, value)),
    ("pid", c_int32, None, None),
    ("fd", c_int32, None, None),
    ("parent", c_int32, None, None),
    ("path", c_char_p, None, _text),
    ("_ns", c_void_p, None, None),
    ("count", c_uint64, None, None),
)

_SIGCHLD = {1: "default", 2: "ignored", 3: "handled"}

_ZOMBIE_FIELDS = (
    ("pid", c_int32, None, None),
    ("parent", c_int32, None, None),
    ("start_ns", c_uint64, None, _pid),
    ("sigchld", c_uint32, None, _SIGCHLD.get),
    ("parent_is_reaper", c_uint32, None, bool),
)

_EVENT_FIELDS = (
    ("type", c_uint32, None, lambda value: _name(_library().pidns_event_name, value)),
    ("_reserved", c_uint32, None, None),
    ("time_ns", c_uint64, None, None),
    ("_ns", c_void_p, None, None),
    ("_was", c_void_p, None, None),
    ("_task", c_void_p, None, None),
    ("count", c_uint64, None, None),
    ("_refused", c_void_p, None, None),
)

# Bits of pidns_refused.known; the rest holds always.
_REFUSED_FIELDS = (
    ("_known", c_uint32, None, None),
    ("call", c_uint32, None, lambda value: _name(_library().pidns_call_name, value)),
    ("error", c_int32, None, None),
    ("kind", c_uint32, 1 << 0, lambda value: _name(_library().pidns_limit_name, value)),
    ("_kinds", c_uint64, None, None),
    ("used", c_uint64, 1 << 1, None),
    ("max", c_uint64, 1 << 2, None),
    ("flags", c_uint64, 1 << 3, None),
    ("_source", c_void_p, None, None),
)

_FIELDS_ALL = (1 << 64) - 1
_TAKE_THREADS = 1 << 0
_TAKE_ALL = 1 << 1
_TAKE_LIMITS = 1 << 2
_TAKE_CONTAINERS = 1 << 3
_TAKE_PINS = 1 << 4
_TAKE_ZOMBIES = 1 << 5
_SNAPSHOT_PARTIAL = 1 << 0
_SNAPSHOT_RACED = 1 << 1
_SNAPSHOT_SUBSET = 1 << 2
_SNAPSHOT_THREADS = 1 << 3
_OPEN_FEW = 1 << 2
_WATCH_PROMPT = 1 << 0
_WATCH_EXACT = 1 << 1
_WATCH_WANTS_NAMESPACES = 1 << 0
_WATCH_WANTS_REFUSED = 1 << 1
_WATCH_WANTS_POLLING = 1 << 2


def _record(name, fields):
    members = [(field.lstrip("_"), ctype) for field, ctype, _, _ in fields]
    return type(name, (ctypes.Structure,), {"_fields_": members})


_NsRecord = _record("pidns_ns", _NS_FIELDS)
_TaskRecord = _record("pidns_task", _TASK_FIELDS)
_NotesRecord = _record("pidns_notes", _NOTES_FIELDS)
_ContainerRecord = _record("pidns_container", _CONTAINER_FIELDS)
_LimitRecord = _record("pidns_limit", _LIMIT_FIELDS)
_PinRecord = _record("pidns_pin", _PIN_FIELDS)
_ZombieRecord = _record("pidns_zombie", _ZOMBIE_FIELDS)
_EventRecord = _record("pidns_event", _EVENT_FIELDS)
_RefusedRecord = _record("pidns_refused", _REFUSED_FIELDS)


class _OpenOpts(ctypes.Structure):
    _fields_ = [
        ("size", c_size_t),
        ("provider", c_char_p),
        ("source", c_char_p),
        ("why", c_char_p),
        ("why_len", c_size_t),
        ("flags", c_uint32),
        ("reserved", c_uint32),
        ("root", c_char_p),
        ("at", c_char_p),
    ]


class _TakeOpts(ctypes.Structure):
    _fields_ = [
        ("size", c_size_t),
        ("ns_fields", c_uint64),
        ("task_fields", c_uint64),
        ("reaper_fields", c_uint64),
        ("pids", POINTER(c_int32)),
        ("nr_pids", c_size_t),
        ("flags", c_uint32),
        ("reserved", c_uint32),
        ("why", c_char_p),
        ("why_len", c_size_t),
        ("limits_of", c_int32),
        ("reserved_2", c_uint32),
        ("of_ns", c_uint64),
        ("of_pid", c_int32),
        ("reserved_3", c_uint32),
    ]


class _WatchOpts(ctypes.Structure):
    _fields_ = [
        ("size", c_size_t),
        ("ns_fields", c_uint64),
        ("task_fields", c_uint64),
        ("interval_ns", c_uint64),
        ("flags", c_uint32),
        ("wants", c_uint32),
        ("why", c_char_p),
        ("why_len", c_size_t),
    ]


def _number(value, low, high):
    """value where it is an integer of that range: ctypes alone cuts off what does not fit."""
    number = operator.index(value)
    if not low <= number <= high:
        raise OverflowError(f"{number} is not between {low} and {high}")
    return number


def _int32(value):
    return _number(value, -1 << 31, (1 << 31) - 1)


def _uint64(value):
    return _number(value, 0, (1 << 64) - 1)


def _bytes(text):
    """A str, bytes or path for C, which would take a NUL for the end."""
    encoded = os.fsencode(text)
    if b"\0" in encoded:
        raise ValueError(f"embedded null byte in {text!r}")
    return encoded


# Handles and records alike travel as addresses.
_FUNCTIONS = {
    "pidns_open": (c_int, POINTER(_OpenOpts), POINTER(c_void_p)),
    "pidns_close": (c_void_p, c_void_p),
    "pidns_snapshot_take": (c_int, c_void_p, POINTER(_TakeOpts), POINTER(c_void_p)),
    "pidns_snapshot_ref": (c_void_p, c_void_p),
    "pidns_snapshot_unref": (c_void_p, c_void_p),
    "pidns_snapshot_save": (c_int, c_void_p, c_char_p),
    "pidns_snapshot_write": (c_int, c_void_p, c_int),
    "pidns_provider": (c_char_p, c_void_p),
    "pidns_moments": (c_size_t, c_void_p, POINTER(POINTER(c_uint64))),
    "pidns_moment": (c_size_t, c_void_p),
    "pidns_moment_move": (c_int, c_void_p, c_size_t, c_char_p, c_size_t),
    "pidns_provider_name": (c_char_p, c_size_t),
    "pidns_provider_flags": (c_uint32, c_char_p),
    "pidns_probe": (c_int, c_char_p, c_char_p, c_size_t),
    "pidns_listen": (c_int, c_void_p),
    "pidns_task_is_zombie": (c_int, c_void_p),
    "pidns_ns_subtree_tasks": (c_size_t, c_void_p, POINTER(POINTER(c_void_p))),
    "pidns_event_name": (c_char_p, c_uint32),
    "pidns_diff_check": (c_int, c_void_p, c_void_p, c_char_p, c_size_t),
    "pidns_diff_open": (c_int, c_void_p, c_void_p, POINTER(c_void_p)),
    "pidns_diff_close": (c_void_p, c_void_p),
    "pidns_diff_events": (c_size_t, c_void_p, POINTER(POINTER(c_void_p))),
    "pidns_watch_open": (c_int, c_void_p, POINTER(_WatchOpts), POINTER(c_void_p)),
    "pidns_watch_close": (c_void_p, c_void_p),
    "pidns_watch_fd": (c_int, c_void_p),
    "pidns_watch_next": (c_int, c_void_p, POINTER(c_void_p)),
    "pidns_watch_snapshot": (c_void_p, c_void_p),
    "pidns_watch_flags": (c_uint32, c_void_p),
    "pidns_watch_source": (c_char_p, c_void_p),
    "pidns_watch_missing": (c_char_p, c_void_p),
    "pidns_watch_event_snapshot": (c_void_p, c_void_p, c_int),
    "pidns_call_name": (c_char_p, c_uint32),
    "pidns_snapshot_flags": (c_uint32, c_void_p),
    "pidns_snapshot_cannot_see": (c_uint32, c_void_p),
    "pidns_snapshot_time": (c_uint64, c_void_p),
    "pidns_snapshot_wall_time": (c_uint64, c_void_p),
    "pidns_snapshot_host": (c_char_p, c_void_p),
    "pidns_snapshot_boot_id": (c_char_p, c_void_p),
    "pidns_snapshot_provider": (c_char_p, c_void_p),
    "pidns_snapshot_namespaces": (c_size_t, c_void_p, POINTER(POINTER(c_void_p))),
    "pidns_snapshot_tasks": (c_size_t, c_void_p, POINTER(POINTER(c_void_p))),
    "pidns_ns_subtree": (c_size_t, c_void_p, POINTER(POINTER(c_void_p))),
    "pidns_ns_tasks": (c_size_t, c_void_p, POINTER(POINTER(c_void_p))),
    "pidns_ns_parent": (c_void_p, c_void_p),
    "pidns_ns_find": (c_void_p, c_void_p, c_uint64),
    "pidns_task_find": (c_void_p, c_void_p, c_void_p, c_int32),
    "pidns_task_vpid": (c_int32, c_void_p, c_void_p),
    "pidns_unseen_name": (c_char_p, c_uint32),
    "pidns_state_name": (c_char_p, c_uint32),
    "pidns_snapshot_limits": (c_size_t, c_void_p, POINTER(POINTER(c_void_p))),
    "pidns_limit_name": (c_char_p, c_uint32),
    "pidns_pin_name": (c_char_p, c_uint32),
}

SONAME = "libpidnsinfo.so.0"
_loaded = None


def _load():
    """That of PIDNSINFO_LIBRARY; or that of the prefix in which the module lies; or the system's."""
    if "PIDNSINFO_LIBRARY" in os.environ:
        return ctypes.CDLL(os.environ["PIDNSINFO_LIBRARY"])
    # PREFIX/lib/python3/dist-packages/pidnsinfo/_abi.py
    for lib in [path for path in pathlib.Path(__file__).parents if path.name == "lib"][:1]:
        for path in (lib / SONAME, *lib.glob(f"*/{SONAME}"), lib.parent / "lib64" / SONAME):
            # There may be one of another architecture.
            with contextlib.suppress(OSError):
                return ctypes.CDLL(str(path))
    return ctypes.CDLL(SONAME)


def _library():
    """libpidnsinfo, loaded at the first use; PIDNSINFO_LIBRARY names another than the installed one."""
    global _loaded
    if _loaded is None:
        library = _load()
        for name, (result, *arguments) in _FUNCTIONS.items():
            function = getattr(library, name)
            function.restype = result
            function.argtypes = arguments
        _loaded = library
    return _loaded


def _name(function, value):
    text = function(value)
    return text.decode() if text else None


def _check(error, why):
    if error < 0:
        raise OSError(-error, os.fsdecode(why.value) or os.strerror(-error))
