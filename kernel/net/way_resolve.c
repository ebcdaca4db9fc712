/* Names to addresses within a deadline. The system's resolver knows none, so it runs on a thread of its own, which is left
 * alone when it takes too long. */
#include <arpa/inet.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "net/way.h"

#define LOOK_MS     100 /* so often a wait asks whether all of it ends */
#define LOOKUPS_MAX 32u /* threads that wait for the resolver, of the whole process */

struct lookup {
    struct net_host host;
    uint16_t port;
    pthread_mutex_t lock;
    pthread_cond_t ended;
    int refs, done, rc;
    struct net_addresses addresses;
};

static _Atomic(uint32_t) lookups;

static void release(struct lookup *lookup) {
    int last;
    pthread_mutex_lock(&lookup->lock);
    last = --lookup->refs == 0;
    pthread_mutex_unlock(&lookup->lock);
    if (!last) return;
    pthread_mutex_destroy(&lookup->lock);
    pthread_cond_destroy(&lookup->ended);
    free(lookup);
}

static void add(struct net_addresses *addresses, const struct sockaddr *addr, socklen_t len, uint16_t port) {
    struct sockaddr_storage *to;
    if (addresses->count == NET_ADDRESSES_MAX || len > sizeof(*to)) return;
    to = &addresses->at[addresses->count].addr;
    memset(to, 0, sizeof(*to));
    memcpy(to, addr, len);
    if (to->ss_family == AF_INET)
        ((struct sockaddr_in *)(void *)to)->sin_port = htons(port);
    else if (to->ss_family == AF_INET6)
        ((struct sockaddr_in6 *)(void *)to)->sin6_port = htons(port);
    else
        return;
    addresses->at[addresses->count++].len = len;
}

static void *look_up(void *arg) {
    struct lookup *lookup = arg;
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG}, *all = NULL, *one;
    int rc = getaddrinfo(lookup->host.text, NULL, &hints, &all);
    pthread_mutex_lock(&lookup->lock);
    lookup->rc = rc;
    for (one = rc == 0 ? all : NULL; one; one = one->ai_next) add(&lookup->addresses, one->ai_addr, one->ai_addrlen, lookup->port);
    lookup->done = 1;
    pthread_cond_signal(&lookup->ended);
    pthread_mutex_unlock(&lookup->lock);
    if (rc == 0) freeaddrinfo(all);
    atomic_fetch_sub(&lookups, 1);
    release(lookup);
    return NULL;
}

static struct lookup *lookup_new(const struct net_host *host, uint16_t port) {
    struct lookup *lookup = calloc(1, sizeof(*lookup));
    pthread_condattr_t steady;
    if (lookup == NULL) abort();
    lookup->host = *host;
    lookup->port = port;
    lookup->refs = 2;
    pthread_mutex_init(&lookup->lock, NULL);
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_cond_init(&lookup->ended, &steady);
    pthread_condattr_destroy(&steady);
    return lookup;
}

static int wait_for(struct lookup *lookup, int64_t until_ms, const atomic_int *ending) {
    int done;
    pthread_mutex_lock(&lookup->lock);
    while (!lookup->done && base_steady_ms() < until_ms && !(ending && atomic_load(ending))) {
        int64_t at_ms = base_steady_ms() + LOOK_MS < until_ms ? base_steady_ms() + LOOK_MS : until_ms;
        struct timespec until = {at_ms / 1000, at_ms % 1000 * 1000000};
        pthread_cond_timedwait(&lookup->ended, &lookup->lock, &until);
    }
    done = lookup->done;
    pthread_mutex_unlock(&lookup->lock);
    return done;
}

static int start(struct lookup *lookup) {
    pthread_attr_t detached;
    pthread_t thread;
    int rc;
    if (atomic_fetch_add(&lookups, 1) >= LOOKUPS_MAX) {
        atomic_fetch_sub(&lookups, 1);
        return 0;
    }
    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    rc = pthread_create(&thread, &detached, look_up, lookup);
    pthread_attr_destroy(&detached);
    if (rc != 0) atomic_fetch_sub(&lookups, 1);
    return rc == 0;
}

static void literal(const struct net_host *host, uint16_t port, struct net_addresses *addresses) {
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    memcpy(&v4.sin_addr, host->address, 4);
    memcpy(&v6.sin6_addr, host->address, 16);
    if (host->address_len == 4)
        add(addresses, (const struct sockaddr *)&v4, sizeof(v4), port);
    else
        add(addresses, (const struct sockaddr *)&v6, sizeof(v6), port);
}

mx_status net_resolve(const struct net_host *host, uint16_t port, int64_t until_ms, const atomic_int *ending,
                      struct net_addresses *addresses, struct mx_error *err) {
    struct lookup *lookup;
    mx_status st = MX_OK;
    addresses->count = 0;
    if (host->address_len) {
        literal(host, port, addresses);
        return MX_OK;
    }
    lookup = lookup_new(host, port);
    if (!start(lookup)) {
        release(lookup);
        st = base_fail(err, MX_E_IO, NULL, "Too many host names are being looked up at once.");
    } else if (!wait_for(lookup, until_ms, ending))
        st = base_fail(err, MX_E_TIMEOUT, NULL, "The address of %.100s was not found in time.", host->text);
    else if (lookup->rc != 0 || lookup->addresses.count == 0)
        st = base_fail(err, MX_E_IO, NULL, "The host %.100s is not known (%s).", host->text, gai_strerror(lookup->rc));
    else
        *addresses = lookup->addresses;
    release(lookup);
    return st;
}
