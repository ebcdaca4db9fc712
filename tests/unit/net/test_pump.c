/* What reaches the pump of TLS in odd pieces, or without end. */
#include <pthread.h>

#include "net/tls.h"
#include "support/check.h"
#include "support/folder.h"
#include "unit/net/wire.h"

#define GET "GET /x HTTP/1.1\r\nHost: shop\r\n\r\n"

static const char warning[] = {21, 3, 3, 0, 2, 1, 90}; /* a record of TLS that means nothing to anybody */

static struct folder folder;
static struct wire wire;
static struct wire_answers answers;
static struct net_tls *tls;
static struct mx_error err;

static int start(uint32_t sessions) {
    struct net_opts opts = {.listen = "127.0.0.1:0", .listen_tls = "127.0.0.1:0", .threads = 1, .hello_ms = 20000};
    opts.tls_connections = sessions;
    folder_new(&folder);
    if (net_tls_open(folder_path(&folder, "tls"), NULL, 0, &tls, &err) != MX_OK) return 0;
    opts.tls = tls;
    return wire_start(&wire, &opts, wire_echo);
}

static void stop(void) {
    wire_stop(&wire);
    net_tls_free(tls);
    tls = NULL;
    folder_free(&folder);
}

static int connect_to(int port) {
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&in, sizeof(in)) == 0) return fd;
    if (fd >= 0) close(fd);
    return -1;
}

/* ---- a client that decides itself when its bytes leave ---- */

struct client {
    mbedtls_ssl_config conf;
    mbedtls_ssl_context ssl;
    int fd, holds;
    char held[4096];
    size_t held_len;
};

static int on_send(void *arg, const unsigned char *bytes, size_t len) {
    struct client *client = arg;
    if (!client->holds) return (int)send(client->fd, bytes, len, MSG_NOSIGNAL);
    if (len > sizeof(client->held) - client->held_len) return MBEDTLS_ERR_SSL_INTERNAL_ERROR;
    memcpy(client->held + client->held_len, bytes, len);
    client->held_len += len;
    return (int)len;
}

static int on_receive(void *arg, unsigned char *bytes, size_t room) {
    const struct client *client = arg;
    return client->holds ? MBEDTLS_ERR_SSL_WANT_READ : (int)recv(client->fd, bytes, room, 0);
}

static int client_open(struct client *client, int port) {
    memset(client, 0, sizeof(*client));
    client->fd = connect_to(port);
    mbedtls_ssl_init(&client->ssl);
    if (net_tls_conf_init(&client->conf, MBEDTLS_SSL_IS_CLIENT) != 0) return 0;
    mbedtls_ssl_conf_authmode(&client->conf, MBEDTLS_SSL_VERIFY_NONE);
    if (client->fd < 0 || mbedtls_ssl_setup(&client->ssl, &client->conf) != 0) return 0;
    mbedtls_ssl_set_bio(&client->ssl, client, on_send, on_receive, NULL);
    return 1;
}

static void client_close(struct client *client) {
    mbedtls_ssl_free(&client->ssl);
    mbedtls_ssl_config_free(&client->conf);
    if (client->fd >= 0) close(client->fd);
}

static int has_answer(struct client *client, int timeout_ms) {
    struct pollfd p = {client->fd, POLLIN, 0};
    char bytes[1024];
    return poll(&p, 1, timeout_ms) == 1 && mbedtls_ssl_read(&client->ssl, (unsigned char *)bytes, sizeof(bytes)) > 12 &&
           memcmp(bytes, "HTTP/1.1 200", 12) == 0;
}

/* Mbed TLS stops at such a warning, though the request behind it is there already. */
TEST(a_request_behind_a_warning_is_read) {
    struct client client;
    REQUIRE(start(0));
    REQUIRE(client_open(&client, net_server_tls_port(wire.server)));
    REQUIRE(mbedtls_ssl_handshake(&client.ssl) == 0);
    client.holds = 1;
    CHECK_INT(mbedtls_ssl_send_alert_message(&client.ssl, MBEDTLS_SSL_ALERT_LEVEL_WARNING, MBEDTLS_SSL_ALERT_MSG_NO_RENEGOTIATION), 0);
    CHECK_INT(mbedtls_ssl_write(&client.ssl, (const unsigned char *)GET, strlen(GET)), (int)strlen(GET));
    client.holds = 0;
    CHECK(wire_send(client.fd, client.held, client.held_len));
    CHECK(has_answer(&client, 5000));
    client_close(&client);
    stop();
}

/* Who only began a hello has no session to give away. */
TEST(a_session_is_taken_from_who_holds_one) {
    static const char begun[] = {0x16, 3, 1, 0};
    struct client first, second;
    int dawdler;
    REQUIRE(start(1));
    dawdler = connect_to(net_server_tls_port(wire.server));
    REQUIRE(dawdler >= 0 && wire_send(dawdler, begun, sizeof(begun)));
    REQUIRE(client_open(&first, net_server_tls_port(wire.server)));
    REQUIRE(mbedtls_ssl_handshake(&first.ssl) == 0);
    REQUIRE(client_open(&second, net_server_tls_port(wire.server)));
    CHECK_INT(mbedtls_ssl_handshake(&second.ssl), 0);
    CHECK(wire_ends(first.fd, 5000));
    CHECK(!wire_ends(dawdler, 100));
    close(dawdler);
    client_close(&first);
    client_close(&second);
    stop();
}

/* ---- floods ---- */

static struct flood {
    int fd;
    _Atomic(int) over;
    pthread_t thread;
} flood;

static void *pour(void *arg) {
    static char bytes[sizeof(warning) * 9000];
    size_t i;
    (void)arg;
    for (i = 0; i < sizeof(bytes); i++) bytes[i] = warning[i % sizeof(warning)];
    while (!atomic_load(&flood.over) && wire_send(flood.fd, bytes, sizeof(bytes))) continue;
    return NULL;
}

static int flood_start(int fd) {
    flood.fd = fd;
    atomic_store(&flood.over, 0);
    return pthread_create(&flood.thread, NULL, pour, NULL) == 0;
}

static void flood_stop(void) {
    atomic_store(&flood.over, 1);
    shutdown(flood.fd, SHUT_RDWR);
    pthread_join(flood.thread, NULL);
}

TEST(a_flood_within_a_handshake_holds_nobody_up) {
    struct client client;
    int till, i, ok = 0;
    REQUIRE(start(0));
    REQUIRE(client_open(&client, net_server_tls_port(wire.server)));
    client.holds = 1;
    CHECK_INT(mbedtls_ssl_handshake(&client.ssl), MBEDTLS_ERR_SSL_WANT_READ);
    REQUIRE(wire_send(client.fd, client.held, client.held_len));
    REQUIRE(flood_start(client.fd));
    till = wire_connect(&wire);
    for (i = 0; i < 20 && ok == i; i++) {
        wire_send(till, GET, strlen(GET));
        wire_receive(till, 1, 5000, &answers);
        ok += answers.last == 200;
    }
    CHECK_INT(ok, 20);
    flood_stop();
    close(till);
    client_close(&client);
    stop();
}

/* Says nothing but warnings to whoever connects. */
static void *flooding_server(void *arg) {
    int fd = accept(*(int *)arg, NULL, NULL);
    if (fd >= 0 && flood_start(fd)) return NULL;
    abort();
}

TEST(a_flood_does_not_hold_up_the_way_out) {
    struct sockaddr_in in = {.sin_family = AF_INET};
    socklen_t len = sizeof(in);
    struct base_arena *arena = base_arena_new(8192);
    struct net_fetch fetch = {.method = mx_str_of("GET"), .timeout_ms = 200};
    struct net_answer answer;
    struct net_way *way;
    char place[64];
    const char *allow[] = {place, NULL};
    struct net_out_opts opts = {.allow = allow};
    pthread_t server;
    int door = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(start(0));
    opts.ca_file = folder_path(&folder, "tls/ca.crt");
    REQUIRE(bind(door, (struct sockaddr *)&in, sizeof(in)) == 0 && listen(door, 1) == 0);
    REQUIRE(getsockname(door, (struct sockaddr *)&in, &len) == 0);
    sprintf(place, "127.0.0.1:%d", ntohs(in.sin_port));
    REQUIRE(net_way_new(&opts, &way, &err) == MX_OK);
    REQUIRE(pthread_create(&server, NULL, flooding_server, &door) == 0);
    fetch.url = base_arena_printf(arena, "https://%s/", place);
    CHECK_INT(net_fetch(way, arena, &fetch, &answer, &err), MX_E_TIMEOUT);
    pthread_join(server, NULL);
    flood_stop();
    close(flood.fd);
    close(door);
    net_way_free(way);
    base_arena_free(arena);
    stop();
}

RUN_TESTS(CASE(a_request_behind_a_warning_is_read), CASE(a_session_is_taken_from_who_holds_one),
          CASE(a_flood_within_a_handshake_holds_nobody_up), CASE(a_flood_does_not_hold_up_the_way_out))
