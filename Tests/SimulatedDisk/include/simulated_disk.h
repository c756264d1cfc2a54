#ifndef HOLDFAST_SIMULATED_DISK_H
#define HOLDFAST_SIMULATED_DISK_H

#include <stdint.h>

// Disks in memory, beneath SQLite: what was not synced is lost in a crash, or a part of it; calls
// fail when told to; and there is only so much room. A disk is a number, and the files on it are
// "/simulated-disk/<number>/<name>". Every other path goes to the file system as always.
//
// A disk belongs to one thread at a time; different disks may be used by different threads.

/// What happens at a chosen call.
enum simulated_disk_failure {
    /// The call fails, once: EIO.
    SIMULATED_DISK_ERROR = 1,
    /// The machine loses power there: the call and all that follow fail until the crash is over.
    SIMULATED_DISK_POWER_LOSS = 2,
    /// The call finds no room, once: ENOSPC.
    SIMULATED_DISK_FULL = 3,
};

/// Returns a new empty disk.
int32_t simulated_disk_new(void);

/// Gives a disk back, with all that is on it; files that are open on it fail until they are closed.
void simulated_disk_free(int32_t disk);

/// Returns a new disk with what the first holds now, as a snapshot of a machine would.
int32_t simulated_disk_copy(int32_t disk);

/// Ends the process that used the disk, as `kill -9` does: what it wrote is there.
void simulated_disk_kill(int32_t disk);

/// Turns the power off: of each sector written since the last sync, the old or the new is there.
void simulated_disk_crash(int32_t disk, uint64_t seed);

/// Plans a failure at the `calls`-th write, truncation or sync from now, counted from 1; 0: none.
void simulated_disk_fail(int32_t disk, int32_t calls, int32_t failure);

/// As `simulated_disk_fail`, and counts every call that can fail so: reads, openings, sizes and
/// deletions too, or, of a disk that is full, whatever takes room. Where it `lasts`, all such calls
/// fail from there on, until another failure or none is planned.
void simulated_disk_fail_any(int32_t disk, int32_t calls, int32_t failure, int32_t lasts);

/// Returns whether the failure that was planned last has happened.
int32_t simulated_disk_has_failed(int32_t disk);

/// Limits what the files may take together, in bytes from now on; -1: no limit.
void simulated_disk_leave(int32_t disk, int64_t bytes);

/// Returns how many writes were refused for want of room.
int64_t simulated_disk_refusals(int32_t disk);

/// Returns how many writes, truncations and syncs there were.
int64_t simulated_disk_calls(int32_t disk);

/// Makes files open for reading alone, and none be made: 1, or 0 for a disk that can be written.
void simulated_disk_protect(int32_t disk, int32_t is_protected);

/// Returns the size of a file, or -1 where there is none of that name.
int64_t simulated_disk_size(int32_t disk, const char *name);

/// Returns a byte of a file, as a process reads it.
uint8_t simulated_disk_byte(int32_t disk, const char *name, int64_t offset);

/// Changes a byte of a file for good, as a medium that rots does.
void simulated_disk_rot(int32_t disk, const char *name, int64_t offset, uint8_t byte);

/// Makes syncs do nothing but say so, as a disk that lies: 1, or 0 for an honest one.
void simulated_disk_lie(int32_t disk, int32_t lies);

#endif
