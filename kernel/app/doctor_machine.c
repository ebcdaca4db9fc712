/* What doctor looks at on the machine: disk, clock, time zones, limits, what is linked. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "app/internal.h"
#include "base/clock.h"

#define FLUSHES       16
#define FLUSH_LEAST   30 /* microseconds: nothing that keeps its promise through a power cut is faster */
#define ROOM_RESERVED (64LL << 20)
#define ROOM_GOOD     (1LL << 30)
#define FILES_GOOD    4096u
#define OLDEST_NOW_MS 1735689600000LL /* 2025: this program did not exist before */

/* Kinds of file systems, as statfs() tells them. */
#define TMPFS_MAGIC      0x01021994ul
#define RAMFS_MAGIC      0x858458f6ul
#define NFS_SUPER_MAGIC  0x6969ul
#define SMB_SUPER_MAGIC  0x517Bul
#define SMB2_SUPER_MAGIC 0xFE534D42ul
#define CIFS_SUPER_MAGIC 0xFF534D42ul

#define HOUR_MS (60 * 60 * 1000LL)

static void look_at_room(struct app_doctor *doctor) {
    struct statfs disk;
    long long left;
    if (statfs(doctor->data, &disk) != 0) {
        app_doctor_tell(doctor, APP_DOCTOR_FAIL, "disk-room", "The disk of %s cannot be asked.", doctor->data);
        return;
    }
    left = (long long)disk.f_bavail * (long long)disk.f_bsize;
    if (left < ROOM_RESERVED)
        app_doctor_tell(doctor, APP_DOCTOR_FAIL, "disk-room", "Only %lld MB are free: commands are refused below %lld MB. Make room.",
                        left >> 20, ROOM_RESERVED >> 20);
    else
        app_doctor_tell(doctor, left < ROOM_GOOD ? APP_DOCTOR_WARN : APP_DOCTOR_OK, "disk-room", "%lld MB are free.", left >> 20);
}

static const char *unsafe_disk(const struct statfs *disk) {
    switch ((unsigned long)disk->f_type) {
    case TMPFS_MAGIC:
    case RAMFS_MAGIC:
        return "lies in memory and is gone with the power";
    case NFS_SUPER_MAGIC:
    case SMB_SUPER_MAGIC:
    case SMB2_SUPER_MAGIC:
    case CIFS_SUPER_MAGIC:
        return "lies on another machine, which may flush late or never";
    default:
        return NULL;
    }
}

/* The quickest of some flushes of a small file beside the data; -1 when none is possible. */
static int64_t quickest_flush_us(struct app_doctor *doctor) {
    const char *path = app_path(doctor->arena, doctor->data, ".doctor");
    char block[4096] = {0};
    int64_t best_us = -1;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600), i;
    if (fd < 0) return -1;
    for (i = 0; i < FLUSHES; i++) {
        int64_t begun_us = base_steady_us(), took_us;
        if (pwrite(fd, block, sizeof(block), 0) != (ssize_t)sizeof(block) || fdatasync(fd) != 0) break;
        took_us = base_steady_us() - begun_us;
        if (best_us < 0 || took_us < best_us) best_us = took_us;
    }
    close(fd);
    unlink(path);
    return best_us;
}

static void look_at_flush(struct app_doctor *doctor) {
    struct statfs disk;
    const char *unsafe = statfs(doctor->data, &disk) == 0 ? unsafe_disk(&disk) : NULL;
    int64_t us = quickest_flush_us(doctor);
    if (unsafe)
        app_doctor_tell(doctor, APP_DOCTOR_WARN, "disk-flush", "The data %s. Put it on a disk of this machine.", unsafe);
    else if (us < 0)
        app_doctor_tell(doctor, APP_DOCTOR_WARN, "disk-flush", "Nothing can be written beside %s, so the flush could not be tried.",
                        doctor->data);
    else if (us < FLUSH_LEAST)
        app_doctor_tell(doctor, APP_DOCTOR_WARN, "disk-flush",
                        "A flush takes %lld us, which is too fast to be true: ask whether this disk honours flush.", (long long)us);
    else
        app_doctor_tell(doctor, APP_DOCTOR_OK, "disk-flush", "A flush takes %lld us.", (long long)us);
}

static void look_at_clock(struct app_doctor *doctor) {
    struct stat st;
    int64_t now_ms = base_now_ms(), written_ms = 0;
    if (stat(app_path(doctor->arena, doctor->data, "/data.mdb"), &st) == 0) written_ms = (int64_t)st.st_mtim.tv_sec * 1000;
    if (now_ms < OLDEST_NOW_MS)
        app_doctor_tell(doctor, APP_DOCTOR_FAIL, "clock", "It is %s by this machine's clock: set it.",
                        base_time_text(doctor->arena, now_ms).ptr);
    else if (written_ms > now_ms + HOUR_MS)
        app_doctor_tell(doctor, APP_DOCTOR_WARN, "clock", "The clock says %s, but the data was written %s: set it.",
                        base_time_text(doctor->arena, now_ms).ptr, base_time_text(doctor->arena, written_ms).ptr);
    else
        app_doctor_tell(doctor, APP_DOCTOR_OK, "clock", "It is %s.", base_time_text(doctor->arena, now_ms).ptr);
}

static void look_at_zones(struct app_doctor *doctor) {
    if (base_zone_get(mx_str_of("Asia/Shanghai")) && base_zone_get(mx_str_of("Europe/London")))
        app_doctor_tell(doctor, APP_DOCTOR_OK, "time-zones", "The time zones can be read.");
    else
        app_doctor_tell(doctor, APP_DOCTOR_FAIL, "time-zones", "There is no time zone data: install the package tzdata.");
}

static void look_at_limits(struct app_doctor *doctor) {
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
    app_doctor_tell(doctor, files.rlim_max < FILES_GOOD ? APP_DOCTOR_WARN : APP_DOCTOR_OK, "open-files",
                    "The shop may open %llu files and connections%s", (unsigned long long)files.rlim_max,
                    files.rlim_max < FILES_GOOD ? ": raise the limit (ulimit -Hn, LimitNOFILE=)." : ".");
}

static void look_at_libraries(struct app_doctor *doctor) {
    const struct app_library *l;
    for (l = app_libraries; l->name; l++) {
        int ended = strcmp(l->name, "Mbed TLS") == 0 && strncmp(l->version, "2.", 2) == 0;
        if (ended)
            app_doctor_tell(doctor, APP_DOCTOR_WARN, "libraries",
                            "%s %s is inside: its makers care for it no longer, Debian does. A proxy in front may end TLS instead.",
                            l->name, l->version);
        else
            app_doctor_tell(doctor, APP_DOCTOR_OK, "libraries", "%s %s is inside.", l->name,
                            *l->version ? l->version : "(version not known)");
    }
}

void app_doctor_machine(struct app_doctor *doctor) {
    look_at_room(doctor);
    look_at_flush(doctor);
    look_at_clock(doctor);
    look_at_zones(doctor);
    look_at_limits(doctor);
    look_at_libraries(doctor);
}
