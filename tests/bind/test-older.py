# SPDX-License-Identifier: GPL-2.0-or-later
"""A program built against an older or a newer header than the library's works with it.

An older program knows fewer fields at the end of a record and passes shorter options; a newer one
passes longer ones, which must be refused only where they ask for what this library does not know.
"""

import ctypes
import errno
import os
import unittest
from ctypes import POINTER, byref, c_uint64, c_void_p

import pidnsinfo
from pidnsinfo import _abi

LIBRARY = _abi._library()


class OldNs(ctypes.Structure):
    """struct pidns_ns when it ended with the level."""

    _fields_ = _abi._NsRecord._fields_[:8]


class OldTask(ctypes.Structure):
    """struct pidns_task when it ended with the names."""

    _fields_ = _abi._TaskRecord._fields_[:5]


def longer(base):
    """Options of a release to come: one more member."""
    return type("New" + base.__name__, (base,), {"_fields_": [("news", c_uint64)]})


def untyped(name):
    """The function without a declaration: it takes whatever record or option we believe in."""
    function = LIBRARY[name]
    function.restype = getattr(LIBRARY, name).restype
    return function


def open_with(opts):
    context = c_void_p()
    return untyped("pidns_open")(byref(opts), byref(context)), context


def take_with(context, opts):
    handle = c_void_p()
    return untyped("pidns_snapshot_take")(context, byref(opts), byref(handle)), handle


class Options(unittest.TestCase):
    def close(self, context):
        self.assertIsNone(LIBRARY.pidns_close(context))

    def assert_open(self, result, opts):
        error, context = open_with(opts)
        self.assertEqual(error, result)
        self.assertEqual(bool(context), result == 0)
        self.close(context)

    def assert_take(self, result, opts):
        error, context = open_with(_abi._OpenOpts(size=ctypes.sizeof(_abi._OpenOpts)))
        self.assertEqual(error, 0)
        error, handle = take_with(context, opts)
        self.assertEqual(error, result)
        self.assertEqual(bool(handle), result == 0)
        LIBRARY.pidns_snapshot_unref(handle)
        self.close(context)

    def odd(self, kind, size=None):
        return kind(size=size or ctypes.sizeof(kind), flags=1 << 31)

    def test_shorter(self):
        """What lies past the size, here flags that do not exist, is not looked at."""
        self.assert_open(-errno.EINVAL, self.odd(_abi._OpenOpts))
        self.assert_open(0, self.odd(_abi._OpenOpts, size=_abi._OpenOpts.flags.offset))
        self.assert_take(-errno.EINVAL, self.odd(_abi._TakeOpts))
        self.assert_take(0, self.odd(_abi._TakeOpts, size=_abi._TakeOpts.flags.offset))

    def test_longer(self):
        for base, check in (
            (_abi._OpenOpts, self.assert_open),
            (_abi._TakeOpts, self.assert_take),
        ):
            with self.subTest(base.__name__):
                kind = longer(base)
                check(0, kind(size=ctypes.sizeof(kind)))
                check(-errno.E2BIG, kind(size=ctypes.sizeof(kind), news=1))

    def test_no_size_that_a_struct_can_have(self):
        for size, error in ((0, errno.EINVAL), (1 << 40, errno.E2BIG)):
            self.assert_open(-error, _abi._OpenOpts(size=size))
            self.assert_take(-error, _abi._TakeOpts(size=size))


class Records(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.picture = pidnsinfo.take()

    def addresses(self, function):
        first = POINTER(c_void_p)()
        count = getattr(LIBRARY, function)(self.picture._handle, byref(first))
        return [first[i] for i in range(count)]

    def test_the_old_records_are_shorter(self):
        self.assertLess(ctypes.sizeof(OldNs), ctypes.sizeof(_abi._NsRecord))
        self.assertLess(ctypes.sizeof(OldTask), ctypes.sizeof(_abi._TaskRecord))

    def test_namespaces(self):
        known_then = 1 << 0 | 1 << 3  # ino and level: later bits are ignored
        for address, ns in zip(
            self.addresses("pidns_snapshot_namespaces"), self.picture.namespaces
        ):
            old = OldNs.from_address(address)
            self.assertEqual(old.known & known_then, ns._record.known & known_then)
            self.assertEqual(old.ino, ns.ino or 0)
            self.assertEqual(old.depth, ns.depth)

    def test_tasks(self):
        me = None
        for address, task in zip(self.addresses("pidns_snapshot_tasks"), self.picture.tasks):
            old = OldTask.from_address(address)
            self.assertEqual(old.vpids[0], task.tid)
            self.assertEqual(OldNs.from_address(old.ns).depth, task.ns.depth)
            if old.vpids[0] == os.getpid():
                me = old.comm
        self.assertEqual(os.fsdecode(me), self.picture.task(os.getpid()).comm)


if __name__ == "__main__":
    unittest.main()
