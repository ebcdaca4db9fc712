/* Reading what a .so file asks for and offers, before any of it is loaded. The file may be anything: every offset is checked. */
#include <elf.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/internal.h"

#if UINTPTR_MAX > UINT32_MAX
#define WORD(name)    Elf64_##name
#define SYM_BIND      ELF64_ST_BIND
#define SYM_SHOWN     ELF64_ST_VISIBILITY
#define CLASS_OF_OURS ELFCLASS64
#else
#define WORD(name)    Elf32_##name
#define SYM_BIND      ELF32_ST_BIND
#define SYM_SHOWN     ELF32_ST_VISIBILITY
#define CLASS_OF_OURS ELFCLASS32
#endif
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define ORDER_OF_OURS ELFDATA2LSB
#else
#define ORDER_OF_OURS ELFDATA2MSB
#endif

#define FILE_MAX       (256u << 20)
#define NAME_MAX_BYTES 4096u /* and each table once: or a crafted file could keep us busy for days */

struct span {
    const unsigned char *ptr;
    size_t len;
};

/* `count` things of `size` bytes at `at`, aligned as they must be; NULL when the file has no such place. */
static const void *part(struct span file, uint64_t at, uint64_t count, size_t size, size_t align) {
    if (at > file.len || at % align || count > (file.len - at) / size) return NULL;
    return file.ptr + at;
}

/* The kind of machine that this program itself was built for. */
static uint16_t machine_of_ours(void) {
    WORD(Ehdr) head;
    int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, &head, sizeof(head)) : -1;
    if (fd >= 0) close(fd);
    return n == (ssize_t)sizeof(head) ? head.e_machine : EM_NONE;
}

static const char *check_head(struct span file, const WORD(Ehdr) * *head) {
    const WORD(Ehdr) *h = part(file, 0, 1, sizeof(*h), sizeof(void *));
    if (!h || memcmp(h->e_ident, ELFMAG, SELFMAG) != 0) return "it is not a shared object";
    if (h->e_ident[EI_CLASS] != CLASS_OF_OURS || h->e_ident[EI_DATA] != ORDER_OF_OURS || h->e_machine != machine_of_ours())
        return "it was built for another kind of machine";
    if (h->e_type != ET_DYN) return "it is not a shared object";
    if (h->e_shentsize != sizeof(WORD(Shdr))) return "its table of sections cannot be read";
    *head = h;
    return NULL;
}

/* NUL-terminated text of a string section; NULL when there is none. */
static const char *text_at(struct span texts, uint64_t at) {
    size_t left = at < texts.len ? texts.len - at : 0;
    if (!left || !memchr(texts.ptr + at, 0, left < NAME_MAX_BYTES ? left : NAME_MAX_BYTES)) return NULL;
    return (const char *)texts.ptr + at;
}

static int open_texts(struct span file, const WORD(Shdr) * sections, uint32_t count, uint32_t place, struct span *texts) {
    if (place >= count || sections[place].sh_type != SHT_STRTAB) return 0;
    texts->ptr = part(file, sections[place].sh_offset, sections[place].sh_size, 1, 1);
    texts->len = sections[place].sh_size;
    return texts->ptr != NULL;
}

static int tell_symbols(struct span file, const WORD(Shdr) * sections, uint32_t count, const WORD(Shdr) * symbols, host_symbol_fn fn,
                        void *arg) {
    struct span texts;
    uint64_t i, n = symbols->sh_size / sizeof(WORD(Sym));
    const WORD(Sym) *list = part(file, symbols->sh_offset, n, sizeof(WORD(Sym)), sizeof(void *));
    if (!list || !open_texts(file, sections, count, symbols->sh_link, &texts)) return 0;
    for (i = 1; i < n; i++) {
        const char *name = text_at(texts, list[i].st_name);
        int bind = SYM_BIND(list[i].st_info), shown = SYM_SHOWN(list[i].st_other);
        if (!name) return 0;
        if (!*name || (bind != STB_GLOBAL && bind != STB_WEAK)) continue;
        if (list[i].st_shndx == SHN_UNDEF)
            fn(arg, bind == STB_WEAK ? HOST_WANTED_WEAKLY : HOST_WANTED, name);
        else if (shown == STV_DEFAULT || shown == STV_PROTECTED)
            fn(arg, HOST_SHOWN, name);
    }
    return 1;
}

static int tell_libraries(struct span file, const WORD(Shdr) * sections, uint32_t count, const WORD(Shdr) * dynamic, host_symbol_fn fn,
                          void *arg) {
    struct span texts;
    uint64_t i, n = dynamic->sh_size / sizeof(WORD(Dyn));
    const WORD(Dyn) *list = part(file, dynamic->sh_offset, n, sizeof(WORD(Dyn)), sizeof(void *));
    if (!list || !open_texts(file, sections, count, dynamic->sh_link, &texts)) return 0;
    for (i = 0; i < n && list[i].d_tag != DT_NULL; i++) {
        const char *name = list[i].d_tag == DT_NEEDED ? text_at(texts, list[i].d_un.d_val) : "";
        if (!name) return 0;
        if (*name) fn(arg, HOST_LIBRARY, name);
    }
    return 1;
}

static const char *tell(struct span file, host_symbol_fn fn, void *arg) {
    const WORD(Ehdr) *head = NULL;
    const WORD(Shdr) * sections;
    const char *why = check_head(file, &head);
    uint32_t i, tables = 0;
    if (why) return why;
    sections = part(file, head->e_shoff, head->e_shnum, sizeof(*sections), sizeof(void *));
    if (!sections) return "its table of sections cannot be read";
    for (i = 0; i < head->e_shnum; i++) {
        uint32_t table = sections[i].sh_type == SHT_DYNSYM ? 1 : sections[i].sh_type == SHT_DYNAMIC ? 2 : 0;
        int sound = !(tables & table);
        if (sound && table == 1) sound = tell_symbols(file, sections, head->e_shnum, &sections[i], fn, arg);
        if (sound && table == 2) sound = tell_libraries(file, sections, head->e_shnum, &sections[i], fn, arg);
        if (!sound) return "its table of symbols cannot be read";
        tables |= table;
    }
    return tables == 3 ? NULL : "it has no table of symbols";
}

const char *host_elf_read(const char *path, host_symbol_fn fn, void *arg) {
    const char *why = "it cannot be read";
    struct stat st;
    void *bytes;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return why;
    if (fstat(fd, &st) == 0 && st.st_size > 0 && st.st_size < (off_t)FILE_MAX) {
        bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (bytes != MAP_FAILED) {
            why = tell((struct span){bytes, (size_t)st.st_size}, fn, arg);
            munmap(bytes, (size_t)st.st_size);
        }
    }
    close(fd);
    return why;
}
