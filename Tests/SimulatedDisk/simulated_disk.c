#include "simulated_disk.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { disks_maximum = 1 << 16, files_maximum = 8, name_maximum = 64, sector_bytes = 512 };

static const char prefix[] = "/simulated-disk/";

/// A write or a truncation since the last sync.
typedef struct Change {
    int64_t offset;
    /// Negative for a truncation.
    int64_t length;
    unsigned char *bytes;
} Change;

typedef struct Image {
    unsigned char *bytes;
    int64_t size;
    int64_t capacity;
} Image;

typedef struct File {
    char name[name_maximum];
    int exists;
    /// What the process reads.
    Image seen;
    /// What the last sync has made sure of.
    Image kept;
    Change *changes;
    int64_t change_count;
    int64_t change_capacity;
} File;

typedef struct Disk {
    File files[files_maximum];
    int file_count;
    /// Risen by every crash: who opened a file before can do nothing more with it.
    int64_t generation;
    int fails_in;
    int failure;
    int has_failed;
    /// Whether calls other than writes, truncations and syncs count, and fail, too.
    int counts_all;
    int lasts;
    int is_off;
    int is_protected;
    int lies;
    /// Files that are open, by whoever; a disk that was given back waits for them.
    int open_handles;
    int is_given_back;
    int64_t bytes_maximum;
    int64_t refusals;
    int64_t calls;
} Disk;

typedef struct Handle {
    sqlite3_file base;
    Disk *disk;
    File *file;
    int64_t generation;
} Handle;

static Disk *disks[disks_maximum];
static pthread_mutex_t table = PTHREAD_MUTEX_INITIALIZER;
static sqlite3_vfs *real;
static sqlite3_vfs shim;
static sqlite3_io_methods methods;

static void *must(void *memory) {
    if (!memory) abort();
    return memory;
}

// Images.

static void image_resize(Image *image, int64_t size) {
    if (size > image->capacity) {
        image->capacity = size * 2 + 8192;
        image->bytes = must(realloc(image->bytes, (size_t)image->capacity));
    }
    if (size > image->size) {
        memset(image->bytes + image->size, 0, (size_t)(size - image->size));
    }
    image->size = size;
}

static void image_write(Image *image, int64_t offset, const unsigned char *bytes, int64_t length) {
    if (offset + length > image->size) image_resize(image, offset + length);
    memcpy(image->bytes + offset, bytes, (size_t)length);
}

static void image_set(Image *image, const Image *other) {
    image_resize(image, other->size);
    if (other->size) memcpy(image->bytes, other->bytes, (size_t)other->size);
}

// Files.

static void forget_changes(File *file) {
    for (int64_t index = 0; index < file->change_count; index++) free(file->changes[index].bytes);
    file->change_count = 0;
}

static void note_change(File *file, int64_t offset, const void *bytes, int64_t length) {
    if (file->change_count == file->change_capacity) {
        file->change_capacity = file->change_capacity * 2 + 64;
        file->changes =
            must(realloc(file->changes, (size_t)file->change_capacity * sizeof(Change)));
    }
    Change *change = &file->changes[file->change_count++];
    change->offset = offset;
    change->length = length;
    change->bytes = 0;
    if (length > 0) {
        change->bytes = must(malloc((size_t)length));
        memcpy(change->bytes, bytes, (size_t)length);
    }
}

static void apply_all(File *file) {
    for (int64_t index = 0; index < file->change_count; index++) {
        Change *change = &file->changes[index];
        if (change->length < 0) {
            image_resize(&file->kept, change->offset);
        } else {
            image_write(&file->kept, change->offset, change->bytes, change->length);
        }
    }
    forget_changes(file);
}

static uint64_t next_random(uint64_t *state) {
    *state += 0x9E3779B97F4A7C15u;
    uint64_t mixed = *state;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
    return mixed ^ (mixed >> 31);
}

/// Keeps each sector that was not synced with a chance of so many in four.
static void apply_some(File *file, unsigned quarters, uint64_t *random) {
    for (int64_t index = 0; index < file->change_count; index++) {
        Change *change = &file->changes[index];
        if (change->length < 0) {
            int kept = next_random(random) % 4 < quarters;
            if (kept && change->offset < file->kept.size) {
                image_resize(&file->kept, change->offset);
            }
            continue;
        }
        for (int64_t done = 0; done < change->length;) {
            int64_t place = change->offset + done;
            int64_t piece = sector_bytes - place % sector_bytes;
            if (piece > change->length - done) piece = change->length - done;
            if (next_random(random) % 4 < quarters) {
                image_write(&file->kept, place, change->bytes + done, piece);
            }
            done += piece;
        }
    }
    forget_changes(file);
}

static File *find(Disk *disk, const char *name, int makes) {
    for (int index = 0; index < disk->file_count; index++) {
        File *file = &disk->files[index];
        if (!strcmp(file->name, name)) return file->exists || makes ? file : 0;
    }
    if (!makes || disk->file_count == files_maximum || strlen(name) >= name_maximum) return 0;
    File *file = &disk->files[disk->file_count++];
    strcpy(file->name, name);
    return file;
}

/// Returns the disk that a path is on, and where in the path the file's name begins.
static Disk *disk_of(const char *path, const char **name) {
    if (!path || strncmp(path, prefix, sizeof prefix - 1)) return 0;
    char *end;
    long number = strtol(path + sizeof prefix - 1, &end, 10);
    if (number < 0 || number >= disks_maximum || *end != '/') return 0;
    if (name) *name = end + 1;
    return disks[number];
}

static int64_t used(const Disk *disk) {
    int64_t sum = 0;
    for (int index = 0; index < disk->file_count; index++) sum += disk->files[index].seen.size;
    return sum;
}

/// What a call does, as far as failing goes.
enum call { change_call = 1, room_call = 2 };

/// Counts a call, and returns whether it fails; `kind` holds what it does besides reading.
static int disk_strikes(Disk *disk, int kind) {
    if (disk->is_off) return 1;
    if (kind & change_call) disk->calls++;
    int counts = disk->counts_all
        ? disk->failure != SIMULATED_DISK_FULL || kind & room_call
        : kind & change_call;
    if (!counts || disk->failure == 0) return 0;
    if (disk->fails_in == 0) return disk->lasts && disk->has_failed;
    if (--disk->fails_in > 0) return 0;
    disk->has_failed = 1;
    disk->is_off = disk->failure == SIMULATED_DISK_POWER_LOSS;
    return 1;
}

static int strikes(Handle *handle, int kind) {
    return handle->generation != handle->disk->generation || disk_strikes(handle->disk, kind);
}

// What SQLite asks of a file.

static void destroy(Disk *disk) {
    for (int index = 0; index < disk->file_count; index++) {
        File *file = &disk->files[index];
        forget_changes(file);
        free(file->changes);
        free(file->seen.bytes);
        free(file->kept.bytes);
    }
    free(disk);
}

static int file_close(sqlite3_file *base) {
    Disk *disk = ((Handle *)base)->disk;
    if (--disk->open_handles == 0 && disk->is_given_back) destroy(disk);
    return SQLITE_OK;
}

static int file_read(sqlite3_file *base, void *into, int length, sqlite3_int64 offset) {
    Handle *handle = (Handle *)base;
    if (strikes(handle, 0)) return SQLITE_IOERR_READ;
    Image *seen = &handle->file->seen;
    int64_t there = seen->size - offset;
    if (there >= length) {
        memcpy(into, seen->bytes + offset, (size_t)length);
        return SQLITE_OK;
    }
    if (there < 0) there = 0;
    if (there) memcpy(into, seen->bytes + offset, (size_t)there);
    memset((char *)into + there, 0, (size_t)(length - there));
    return SQLITE_IOERR_SHORT_READ;
}

static int file_write(sqlite3_file *base, const void *from, int length, sqlite3_int64 offset) {
    Handle *handle = (Handle *)base;
    Disk *disk = handle->disk;
    File *file = handle->file;
    if (strikes(handle, change_call | room_call)) {
        int is_full = disk->failure == SIMULATED_DISK_FULL && disk->has_failed && !disk->is_off
            && handle->generation == disk->generation;
        return is_full ? SQLITE_FULL : SQLITE_IOERR_WRITE;
    }
    int64_t growth = offset + length - file->seen.size;
    if (growth > 0 && disk->bytes_maximum >= 0 && used(disk) + growth > disk->bytes_maximum) {
        disk->refusals++;
        return SQLITE_FULL;
    }
    image_write(&file->seen, offset, from, length);
    note_change(file, offset, from, length);
    return SQLITE_OK;
}

static int file_truncate(sqlite3_file *base, sqlite3_int64 size) {
    Handle *handle = (Handle *)base;
    if (strikes(handle, change_call)) return SQLITE_IOERR_TRUNCATE;
    image_resize(&handle->file->seen, size);
    note_change(handle->file, size, 0, -1);
    return SQLITE_OK;
}

static int file_sync(sqlite3_file *base, int flags) {
    (void)flags;
    Handle *handle = (Handle *)base;
    if (strikes(handle, change_call | room_call)) return SQLITE_IOERR_FSYNC;
    if (!handle->disk->lies) apply_all(handle->file);
    return SQLITE_OK;
}

static int file_size(sqlite3_file *base, sqlite3_int64 *size) {
    Handle *handle = (Handle *)base;
    // A dead process's files are still there to be closed.
    if (handle->generation == handle->disk->generation && disk_strikes(handle->disk, 0)) {
        return SQLITE_IOERR_FSTAT;
    }
    *size = handle->file->seen.size;
    return SQLITE_OK;
}

static int file_lock(sqlite3_file *file, int level) {
    (void)file;
    (void)level;
    return SQLITE_OK;
}

static int file_is_reserved(sqlite3_file *file, int *answer) {
    (void)file;
    *answer = 0;
    return SQLITE_OK;
}

static int file_control(sqlite3_file *file, int code, void *argument) {
    (void)file;
    (void)code;
    (void)argument;
    return SQLITE_NOTFOUND;
}

static int file_sector_size(sqlite3_file *file) {
    (void)file;
    return 4096;
}

static int file_characteristics(sqlite3_file *file) {
    (void)file;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

// What SQLite asks of a file system.

static int open_file(sqlite3_vfs *vfs, const char *path, sqlite3_file *base, int flags, int *out) {
    (void)vfs;
    const char *name;
    Disk *disk = disk_of(path, &name);
    if (!disk) return real->xOpen(real, path, base, flags, out);
    base->pMethods = 0;
    int makes = flags & SQLITE_OPEN_CREATE && !find(disk, name, 0);
    if (disk_strikes(disk, makes ? room_call : 0)) return SQLITE_CANTOPEN;
    if (disk->is_protected) {
        if (makes) return SQLITE_CANTOPEN;
        flags = (flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) | SQLITE_OPEN_READONLY;
    }
    File *file = find(disk, name, flags & SQLITE_OPEN_CREATE);
    if (!file) return SQLITE_CANTOPEN;
    file->exists = 1;
    Handle *handle = (Handle *)base;
    handle->disk = disk;
    handle->file = file;
    handle->generation = disk->generation;
    handle->base.pMethods = &methods;
    disk->open_handles++;
    if (out) *out = flags;
    return SQLITE_OK;
}

/// Deleting and making a file are durable at once: SQLite syncs the folder where it matters.
static int delete_file(sqlite3_vfs *vfs, const char *path, int syncs) {
    (void)vfs;
    const char *name;
    Disk *disk = disk_of(path, &name);
    if (!disk) return real->xDelete(real, path, syncs);
    File *file = find(disk, name, 0);
    if (!file) return SQLITE_IOERR_DELETE_NOENT;
    if (disk_strikes(disk, 0)) return SQLITE_IOERR_DELETE;
    forget_changes(file);
    file->seen.size = 0;
    file->kept.size = 0;
    file->exists = 0;
    return SQLITE_OK;
}

static int access_file(sqlite3_vfs *vfs, const char *path, int flags, int *answer) {
    (void)vfs;
    const char *name;
    Disk *disk = disk_of(path, &name);
    if (!disk) return real->xAccess(real, path, flags, answer);
    if (disk_strikes(disk, 0)) return SQLITE_IOERR_ACCESS;
    File *file = find(disk, name, 0);
    *answer = file != 0 && (flags != SQLITE_ACCESS_EXISTS || file->seen.size > 0);
    return SQLITE_OK;
}

static int full_name(sqlite3_vfs *vfs, const char *path, int size, char *out) {
    (void)vfs;
    if (!disk_of(path, 0)) return real->xFullPathname(real, path, size, out);
    return snprintf(out, (size_t)size, "%s", path) < size ? SQLITE_OK : SQLITE_CANTOPEN;
}

static void install(void) {
    real = sqlite3_vfs_find(0);
    shim = *real;
    shim.zName = "simulated-disk";
    shim.pNext = 0;
    if (shim.szOsFile < (int)sizeof(Handle)) shim.szOsFile = sizeof(Handle);
    shim.xOpen = open_file;
    shim.xDelete = delete_file;
    shim.xAccess = access_file;
    shim.xFullPathname = full_name;
    methods.iVersion = 1;
    methods.xClose = file_close;
    methods.xRead = file_read;
    methods.xWrite = file_write;
    methods.xTruncate = file_truncate;
    methods.xSync = file_sync;
    methods.xFileSize = file_size;
    methods.xLock = file_lock;
    methods.xUnlock = file_lock;
    methods.xCheckReservedLock = file_is_reserved;
    methods.xFileControl = file_control;
    methods.xSectorSize = file_sector_size;
    methods.xDeviceCharacteristics = file_characteristics;
    sqlite3_vfs_register(&shim, 1);
}

// What tests ask.

int32_t simulated_disk_new(void) {
    pthread_mutex_lock(&table);
    if (!real) install();
    int32_t number = 0;
    while (number < disks_maximum && disks[number]) number++;
    if (number == disks_maximum) abort();
    disks[number] = must(calloc(1, sizeof(Disk)));
    disks[number]->bytes_maximum = -1;
    pthread_mutex_unlock(&table);
    return number;
}

void simulated_disk_free(int32_t disk) {
    pthread_mutex_lock(&table);
    Disk *old = disks[disk];
    disks[disk] = 0;
    pthread_mutex_unlock(&table);
    old->generation++;
    old->is_given_back = 1;
    if (old->open_handles == 0) destroy(old);
}

int32_t simulated_disk_copy(int32_t disk) {
    int32_t copy = simulated_disk_new();
    for (int index = 0; index < disks[disk]->file_count; index++) {
        File *file = &disks[disk]->files[index];
        if (!file->exists) continue;
        File *other = find(disks[copy], file->name, 1);
        other->exists = 1;
        image_set(&other->seen, &file->seen);
        image_set(&other->kept, &file->seen);
    }
    return copy;
}

static void end_process(Disk *disk) {
    disk->generation++;
    disk->is_off = 0;
    disk->fails_in = 0;
    disk->failure = 0;
}

void simulated_disk_kill(int32_t disk) { end_process(disks[disk]); }

void simulated_disk_crash(int32_t disk, uint64_t seed) {
    Disk *lost = disks[disk];
    uint64_t random = seed;
    unsigned quarters = next_random(&random) % 5;
    for (int index = 0; index < lost->file_count; index++) {
        File *file = &lost->files[index];
        apply_some(file, quarters, &random);
        image_set(&file->seen, &file->kept);
    }
    end_process(lost);
}

void simulated_disk_fail(int32_t disk, int32_t calls, int32_t failure) {
    disks[disk]->fails_in = calls;
    disks[disk]->failure = calls == 0 ? 0 : failure;
    disks[disk]->has_failed = 0;
    disks[disk]->counts_all = 0;
    disks[disk]->lasts = 0;
}

void simulated_disk_fail_any(int32_t disk, int32_t calls, int32_t failure, int32_t lasts) {
    simulated_disk_fail(disk, calls, failure);
    disks[disk]->counts_all = 1;
    disks[disk]->lasts = lasts;
}

int32_t simulated_disk_has_failed(int32_t disk) { return disks[disk]->has_failed; }

void simulated_disk_leave(int32_t disk, int64_t bytes) {
    disks[disk]->bytes_maximum = bytes < 0 ? -1 : used(disks[disk]) + bytes;
}

int64_t simulated_disk_refusals(int32_t disk) { return disks[disk]->refusals; }

int64_t simulated_disk_calls(int32_t disk) { return disks[disk]->calls; }

void simulated_disk_protect(int32_t disk, int32_t is_protected) {
    disks[disk]->is_protected = is_protected;
}

int64_t simulated_disk_size(int32_t disk, const char *name) {
    File *file = find(disks[disk], name, 0);
    return file ? file->seen.size : -1;
}

uint8_t simulated_disk_byte(int32_t disk, const char *name, int64_t offset) {
    File *file = find(disks[disk], name, 0);
    if (!file || offset < 0 || offset >= file->seen.size) abort();
    return file->seen.bytes[offset];
}

void simulated_disk_rot(int32_t disk, const char *name, int64_t offset, uint8_t byte) {
    File *file = find(disks[disk], name, 0);
    if (!file || offset < 0 || offset >= file->seen.size) abort();
    file->seen.bytes[offset] = byte;
    if (offset < file->kept.size) file->kept.bytes[offset] = byte;
}

void simulated_disk_lie(int32_t disk, int32_t lies) { disks[disk]->lies = lies; }
