#include "base/clock.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/internal.h"

#define FILE_MAX_BYTES (256u << 10)
#define NAME_MAX_BYTES 64u
#define HEAD_BYTES     44u
#define OFFSET_MAX_S   (26 * 3600)
#define ZONE_FOLDER    "/usr/share/zoneinfo"
#define TYPE_BYTES     6u

struct base_zone {
    struct base_zone *next;
    char name[NAME_MAX_BYTES + 1];
    uint32_t count;   /* of transitions */
    int64_t *times;   /* seconds, rising */
    int32_t *offsets; /* from that time on */
    int32_t first_s;  /* before the first transition */
    struct base_zone_footer footer;
};

static pthread_mutex_t zones_lock = PTHREAD_MUTEX_INITIALIZER;
static struct base_zone *zones;

static uint32_t get32(const uint8_t *p) { return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]; }

static int64_t get64(const uint8_t *p) { return (int64_t)((uint64_t)get32(p) << 32 | get32(p + 4)); }

/* One data block of the file (RFC 8536 section 3.2): where its parts stand. */
struct data_block {
    uint32_t time_count, type_count;
    uint32_t time_bytes; /* 4 in the first block, 8 in the second */
    const uint8_t *times, *indexes, *types;
    const uint8_t *end;
};

/* 1 when the block that begins with the head at `at` lies within the file. */
static int block_open(const uint8_t *at, const uint8_t *file_end, uint32_t time_bytes, struct data_block *block) {
    uint64_t ut_count, std_count, leap_count, char_count, bytes;
    if ((size_t)(file_end - at) < HEAD_BYTES || memcmp(at, "TZif", 4) != 0) return 0;
    ut_count = get32(at + 20);
    std_count = get32(at + 24);
    leap_count = get32(at + 28);
    block->time_count = get32(at + 32);
    block->type_count = get32(at + 36);
    char_count = get32(at + 40);
    block->time_bytes = time_bytes;
    bytes = (uint64_t)block->time_count * (time_bytes + 1) + (uint64_t)block->type_count * TYPE_BYTES + char_count +
            leap_count * (time_bytes + 4) + std_count + ut_count;
    if (block->type_count == 0 || bytes > (size_t)(file_end - at) - HEAD_BYTES) return 0;
    block->times = at + HEAD_BYTES;
    block->indexes = block->times + (size_t)block->time_count * time_bytes;
    block->types = block->indexes + block->time_count;
    block->end = at + HEAD_BYTES + bytes;
    return 1;
}

static int type_offset(const struct data_block *block, uint32_t index, int32_t *offset) {
    if (index >= block->type_count) return 0;
    *offset = (int32_t)get32(block->types + (size_t)index * TYPE_BYTES);
    return *offset > -OFFSET_MAX_S && *offset < OFFSET_MAX_S;
}

static int transitions_read(struct base_zone *zone, const struct data_block *block) {
    uint32_t i;
    if (!type_offset(block, 0, &zone->first_s)) return 0;
    zone->times = calloc((size_t)block->time_count + 1, sizeof(*zone->times));
    zone->offsets = calloc((size_t)block->time_count + 1, sizeof(*zone->offsets));
    if (zone->times == NULL || zone->offsets == NULL) abort();
    for (i = 0; i < block->time_count; i++) {
        const uint8_t *at = block->times + (size_t)i * block->time_bytes;
        zone->times[i] = block->time_bytes == 8 ? get64(at) : (int32_t)get32(at);
        if (i && zone->times[i] <= zone->times[i - 1]) return 0;
        if (!type_offset(block, block->indexes[i], &zone->offsets[i])) return 0;
    }
    zone->count = block->time_count;
    return 1;
}

static int footer_read(struct base_zone *zone, const uint8_t *at, const uint8_t *end) {
    const uint8_t *line_end;
    if (at == end || *at++ != '\n') return 0;
    line_end = memchr(at, '\n', (size_t)(end - at));
    if (line_end == NULL) return 0;
    if (line_end == at) return 1; /* no rule beyond the last transition */
    return base_zone_footer_parse(mx_str_n((const char *)at, (size_t)(line_end - at)), &zone->footer);
}

static int zone_parse(struct base_zone *zone, const uint8_t *bytes, size_t len) {
    const uint8_t *end = bytes + len;
    struct data_block block;
    if (!block_open(bytes, end, 4, &block)) return 0;
    if (bytes[4] == 0) return transitions_read(zone, &block);
    if (!block_open(block.end, end, 8, &block)) return 0;
    return transitions_read(zone, &block) && footer_read(zone, block.end, end);
}

static int name_safe(struct mx_str name) {
    uint32_t i;
    if (name.len == 0 || name.len > NAME_MAX_BYTES) return 0;
    for (i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        int plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '+';
        if (!plain && (c != '/' || i == 0 || i + 1 == name.len)) return 0;
    }
    return 1;
}

static int zone_load(struct base_zone *zone) {
    char path[sizeof(ZONE_FOLDER) + 1 + NAME_MAX_BYTES];
    uint8_t *bytes;
    size_t len;
    FILE *file;
    int ok = 0;
    snprintf(path, sizeof(path), "%s/%s", ZONE_FOLDER, zone->name);
    file = fopen(path, "rbe");
    if (file == NULL) return 0;
    bytes = malloc(FILE_MAX_BYTES);
    if (bytes == NULL) abort();
    len = fread(bytes, 1, FILE_MAX_BYTES, file); /* reading a folder gives 0 bytes */
    ok = len < FILE_MAX_BYTES && zone_parse(zone, bytes, len);
    free(bytes);
    fclose(file);
    return ok;
}

static void zone_free(struct base_zone *zone) {
    free(zone->times);
    free(zone->offsets);
    free(zone);
}

/* A new zone; UTC needs no file, so that it works on a system without tzdata. */
static struct base_zone *zone_new(struct mx_str name) {
    struct base_zone *zone = calloc(1, sizeof(*zone));
    if (zone == NULL) abort();
    memcpy(zone->name, name.ptr, name.len);
    if (mx_str_is(name, "UTC") || mx_str_is(name, "Etc/UTC") || zone_load(zone)) return zone;
    zone_free(zone);
    return NULL;
}

const struct base_zone *base_zone_get(struct mx_str name) {
    struct base_zone *zone;
    if (!name_safe(name)) return NULL;
    pthread_mutex_lock(&zones_lock);
    for (zone = zones; zone && !mx_str_is(name, zone->name); zone = zone->next) continue;
    if (zone == NULL && (zone = zone_new(name)) != NULL) {
        zone->next = zones;
        zones = zone;
    }
    pthread_mutex_unlock(&zones_lock);
    return zone;
}

int32_t base_zone_offset_s(const struct base_zone *zone, int64_t ms) {
    int64_t second = base_floor_div(ms, 1000);
    uint32_t low = 0, high = zone->count;
    if (zone->count == 0 || second >= zone->times[zone->count - 1]) {
        if (zone->footer.present) return base_zone_footer_offset(&zone->footer, second);
    }
    while (low < high) { /* how many transitions are at or before `second` */
        uint32_t middle = low + (high - low) / 2;
        if (zone->times[middle] <= second)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? zone->offsets[low - 1] : zone->first_s;
}
