/* Events inside the transaction and behind it, due times, jobs: also over restarts. */
#include "fixture.h"

static struct op_call tell(struct fixture *f, const char *name, int times, const char *how) {
    char body[120];
    snprintf(body, sizeof(body), "{\"name\":\"%s\",\"by\":%d,\"how\":\"%s\"}", name, times, how);
    return fixture_call(f, "toy.tell", base_arena_dup(f->arena, mx_str_of(body)).ptr);
}

TEST(subscribers_write_in_the_same_commit) {
    struct fixture f;
    REQUIRE(fixture_open(&f));
    CHECK_INT(tell(&f, "a", 0, "").status, MX_OK);
    CHECK_INT(fixture_counter(&f, "a"), 1);
    CHECK_INT(fixture_counter(&f, "heard"), 1);
    CHECK_INT(fixture_counter(&f, "second"), 1); /* by priority: it saw what the first had counted */
    CHECK_INT(fixture_log_count(&f), 1);
    fixture_close(&f);
}

TEST(a_subscribers_error_rolls_everything_back) {
    struct fixture f;
    struct op_call call;
    REQUIRE(fixture_open(&f));
    call = tell(&f, "a", 0, "fail");
    CHECK_INT(call.status, MX_E_INTERNAL); /* it may not refuse: that is a mistake of its own */
    CHECK_INT(call.http_status, 500);
    CHECK(strstr(base_arena_dup(f.arena, call.answer).ptr, "helper") != NULL);
    CHECK_INT(fixture_counter(&f, "a"), 0);
    CHECK_INT(fixture_counter(&f, "heard"), 0);
    CHECK_INT(fixture_log_count(&f), 0);
    fixture_close(&f);
}

TEST(events_go_eight_deep_and_no_deeper) {
    struct fixture f;
    struct op_call call;
    REQUIRE(fixture_open(&f));
    CHECK_INT(tell(&f, "a", 7, "").status, MX_OK);
    CHECK_INT(fixture_counter(&f, "heard"), 8);
    CHECK_INT(fixture_log_count(&f), 8);
    call = tell(&f, "a", 8, "");
    CHECK_INT(call.status, MX_E_BUDGET);
    CHECK_INT(fixture_counter(&f, "heard"), 8);
    CHECK_INT(fixture_log_count(&f), 8);
    fixture_close(&f);
}

TEST(a_failed_command_leaves_no_event) {
    struct fixture f;
    struct op_call call;
    REQUIRE(fixture_open(&f));
    CHECK_INT(tell(&f, "a", 0, "").status, MX_OK);
    CHECK_INT(tell(&f, "a", 0, "fail").http_status, 500);
    CHECK_INT(tell(&f, "a", 0, "").status, MX_OK);
    CHECK_INT(fixture_log_count(&f), 2); /* without a gap */
    call = fixture_call(&f, "system.log.list", "{\"from\":2}");
    CHECK_INT(call.status, MX_OK);
    CHECK(strstr(base_arena_dup(f.arena, call.answer).ptr, "\"name\":\"toy.happened\"") != NULL);
    CHECK(strstr(base_arena_dup(f.arena, call.answer).ptr, "\"op\":\"toy.tell\"") != NULL);
    CHECK(strstr(base_arena_dup(f.arena, call.answer).ptr, "\"seq\":2") != NULL);
    CHECK(strstr(base_arena_dup(f.arena, call.answer).ptr, "\"seq\":1") == NULL);
    CHECK_INT(fixture_number(&f, call.answer, "next"), 3);
    call = fixture_call(&f, "system.log.list", "{\"type\":\"other.event\"}");
    CHECK_STR(call.answer, "{\"events\":[],\"next\":3}");
    fixture_close(&f);
}

TEST(a_subscriber_cannot_swallow_a_failed_command) {
    struct fixture f;
    struct op_call call;
    REQUIRE(fixture_open(&f));
    call = tell(&f, "a", 0, "swallow");
    CHECK_INT(call.status, MX_E_INTERNAL);
    CHECK_INT(fixture_counter(&f, "a"), 0);
    CHECK_INT(fixture_counter(&f, "heard"), 0);
    fixture_close(&f);
}

/* ---- followers ---- */

TEST(followers_count_each_event_once_over_restarts) {
    struct fixture f;
    int i, round;
    REQUIRE(fixture_open(&f));
    for (round = 0; round < 3; round++) {
        for (i = 0; i < 20; i++) CHECK_INT(tell(&f, "a", 1, "").status, MX_OK); /* each also tells on, in another event */
        REQUIRE(fixture_restart(&f));
    }
    CHECK(fixture_wait(&f, "follows", 60));
    usleep(50000);
    CHECK_INT(fixture_counter(&f, "follows"), 60);
    CHECK_INT(fixture_counter(&f, "followed"), 60 * 60); /* the odd numbers of 1..120 */
    REQUIRE(fixture_restart(&f));
    usleep(50000);
    CHECK_INT(fixture_counter(&f, "follows"), 60);
    fixture_close(&f);
}

TEST(a_stumbling_follower_is_asked_again_and_holds_nobody_up) {
    struct fixture f;
    REQUIRE(fixture_open(&f));
    atomic_store(&helper_follow_fails, 1);
    CHECK_INT(tell(&f, "a", 0, "").status, MX_OK);
    CHECK_INT(tell(&f, "a", 0, "").status, MX_OK);
    usleep(50000);
    CHECK_INT(fixture_counter(&f, "follows"), 0); /* its writes went with it */
    CHECK_INT(fixture_counter(&f, "heard"), 2);
    atomic_store(&helper_follow_fails, 0);
    CHECK(fixture_wait(&f, "follows", 2));
    CHECK_INT(fixture_counter(&f, "followed"), 3);
    fixture_close(&f);
}

/* ---- due times ---- */

static mx_status later(struct fixture *f, const char *name, int in_s, const char *how) {
    char body[120];
    snprintf(body, sizeof(body), "{\"name\":\"%s\",\"by\":%d,\"how\":\"%s\"}", name, in_s, how);
    return fixture_call(f, "toy.later", base_arena_dup(f->arena, mx_str_of(body)).ptr).status;
}

TEST(due_times_fire_once_even_behind_a_restart) {
    struct fixture f;
    REQUIRE(fixture_open(&f));
    CHECK_INT(later(&f, "soon", 0, ""), MX_OK);
    CHECK_INT(later(&f, "hour", 600, ""), MX_OK);
    CHECK_INT(later(&f, "moved", 60, ""), MX_OK);
    CHECK_INT(later(&f, "moved", 700, ""), MX_OK); /* the same again replaces it */
    CHECK_INT(later(&f, "never", 600, ""), MX_OK);
    CHECK_INT(later(&f, "never", 0, "cancel"), MX_OK);
    CHECK(fixture_wait(&f, "soon", 1));
    CHECK_INT(fixture_counter(&f, "hour"), 0);
    atomic_fetch_add(&fixture_now, 601000);
    REQUIRE(fixture_restart(&f));
    CHECK(fixture_wait(&f, "hour", 1));
    CHECK_INT(fixture_counter(&f, "moved"), 0);
    atomic_fetch_add(&fixture_now, 100000);
    CHECK(fixture_wait(&f, "moved", 1)); /* within a second, though the writer slept */
    REQUIRE(fixture_restart(&f));
    usleep(50000);
    CHECK_INT(fixture_counter(&f, "soon"), 1);
    CHECK_INT(fixture_counter(&f, "hour"), 1);
    CHECK_INT(fixture_counter(&f, "moved"), 1);
    CHECK_INT(fixture_counter(&f, "never"), 0);
    fixture_close(&f);
}

TEST(a_refused_due_operation_is_over_and_a_broken_one_comes_again) {
    struct fixture f;
    int i;
    REQUIRE(fixture_open(&f));
    CHECK_INT(later(&f, "refused", 0, "refuse"), MX_OK);
    CHECK_INT(later(&f, "broken", 0, "inside"), MX_OK);
    CHECK_INT(later(&f, "fine", 0, ""), MX_OK);
    CHECK(fixture_wait(&f, "fine", 1)); /* the others do not stand in its way */
    CHECK_INT(fixture_counter(&f, "refused"), 0);
    CHECK_INT(fixture_counter(&f, "broken"), 0);
    atomic_fetch_add(&fixture_now, 61000);
    CHECK_INT(later(&f, "broken", 30, ""), MX_OK); /* still there: replaced by one that works */
    atomic_fetch_add(&fixture_now, 61000);
    CHECK(fixture_wait(&f, "broken", 1));
    for (i = 0; i < 3; i++) CHECK_INT(later(&f, "fine", 0, ""), MX_OK);
    CHECK(fixture_wait(&f, "fine", 4) || fixture_counter(&f, "fine") > 1);
    CHECK_INT(fixture_counter(&f, "refused"), 0);
    fixture_close(&f);
}

static void due_key(struct fixture *f, struct base_buf *key, const char *id) {
    base_buf_init(key, f->arena);
    store_key_text(key, mx_str_of("toy.fire"));
    store_key_text(key, mx_str_of(id));
}

TEST(a_damaged_due_time_holds_no_other_up) {
    struct fixture f;
    struct base_buf key, name;
    REQUIRE(fixture_open(&f));
    due_key(&f, &name, "hurt");
    base_buf_init(&key, f.arena);
    store_key_int(&key, 1);
    base_buf_add(&key, name.ptr, name.len);
    fixture_plant(&f, STORE_SPACE_DUE, &key, "");
    CHECK_INT(later(&f, "sound", 0, ""), MX_OK);
    CHECK(fixture_wait(&f, "sound", 1));
    fixture_close(&f);
}

/* Its time is sound, only the row that finds it by name is not: it fires, and fires once. */
TEST(a_due_time_whose_name_is_damaged_fires_once) {
    struct fixture f;
    struct base_buf name;
    REQUIRE(fixture_open(&f));
    CHECK_INT(later(&f, "hurt", 60, ""), MX_OK);
    due_key(&f, &name, "hurt");
    fixture_plant(&f, STORE_SPACE_DUE_ID, &name, "x");
    atomic_fetch_add(&fixture_now, 61000);
    CHECK(fixture_wait(&f, "hurt", 1));
    CHECK_INT(later(&f, "hurt", 0, ""), MX_OK);
    CHECK(fixture_wait(&f, "hurt", 2));
    fixture_close(&f);
}

/* ---- jobs ---- */

static mx_status job(struct fixture *f, const char *name, int steps) {
    char body[120];
    snprintf(body, sizeof(body), "{\"name\":\"%s\",\"by\":%d}", name, steps);
    return fixture_call(f, "toy.job", base_arena_dup(f->arena, mx_str_of(body)).ptr).status;
}

TEST(jobs_step_to_their_end_over_restarts) {
    struct fixture f;
    int64_t done;
    int i;
    REQUIRE(fixture_open(&f));
    CHECK_INT(job(&f, "x", 900), MX_OK);
    CHECK_INT(job(&f, "y", 40), MX_OK);
    for (i = 0; i < 3; i++) REQUIRE(fixture_restart(&f));
    CHECK(fixture_wait(&f, "y", 40)); /* they take turns */
    CHECK(fixture_wait(&f, "x", 900));
    usleep(30000);
    done = fixture_counter(&f, "x");
    CHECK_INT(done, 900);
    CHECK_INT(fixture_counter(&f, "y"), 40);
    fixture_close(&f);
}

TEST(a_failed_step_leaves_nothing_and_is_tried_again) {
    struct fixture f;
    REQUIRE(fixture_open(&f));
    atomic_store(&toy_job_fails, 2);
    CHECK_INT(job(&f, "x", 3), MX_OK);
    CHECK(fixture_wait(&f, "x", 0));
    usleep(30000);
    atomic_fetch_add(&fixture_now, 2000);
    usleep(1100000);
    atomic_fetch_add(&fixture_now, 4000);
    CHECK(fixture_wait(&f, "x", 3));
    CHECK_INT(fixture_counter(&f, "x"), 3);
    fixture_close(&f);
}

TEST(a_failing_job_holds_no_other_up) {
    struct fixture f;
    REQUIRE(fixture_open(&f));
    atomic_store(&toy_job_stops, 1);
    CHECK_INT(job(&f, "x", 3), MX_OK);
    usleep(30000);
    atomic_store(&toy_job_stops, 0);
    CHECK_INT(job(&f, "y", 5), MX_OK);
    CHECK(fixture_wait(&f, "y", 5));
    CHECK_INT(fixture_counter(&f, "x"), 0);
    atomic_fetch_add(&fixture_now, 100000);
    CHECK(fixture_wait(&f, "x", 3));
    fixture_close(&f);
}

TEST(a_damaged_job_holds_no_other_up) {
    struct fixture f;
    struct base_buf key;
    REQUIRE(fixture_open(&f));
    base_buf_init(&key, f.arena);
    base_buf_text(&key, "job_00000000000000000000000001");
    fixture_plant(&f, STORE_SPACE_JOBS, &key, "{");
    CHECK_INT(job(&f, "x", 5), MX_OK);
    CHECK(fixture_wait(&f, "x", 5));
    CHECK_INT(fixture_call(&f, "system.job.list", "").http_status, 500);
    fixture_close(&f);
}

TEST(a_job_that_gave_up_is_listed_and_can_be_set_going) {
    struct fixture f;
    struct op_call call;
    char body[80];
    char *id;
    int i;
    REQUIRE(fixture_open(&f));
    atomic_store(&toy_job_stops, 1);
    CHECK_INT(job(&f, "x", 3), MX_OK);
    for (i = 0; i < 400; i++) {
        call = fixture_call(&f, "system.job.list", "");
        if (strstr(base_arena_dup(f.arena, call.answer).ptr, "\"stopped\":true")) break;
        atomic_fetch_add(&fixture_now, 3600000);
        CHECK_INT(later(&f, "wake", 0, ""), MX_OK); /* a command wakes the writer sooner than its second */
    }
    CHECK(i < 400);
    CHECK(strstr(base_arena_dup(f.arena, call.answer).ptr, "The job stands still.") != NULL);
    atomic_store(&toy_job_stops, 0);
    atomic_fetch_add(&fixture_now, 3600000);
    usleep(30000);
    CHECK_INT(fixture_counter(&f, "x"), 0);
    id = strstr(base_arena_dup(f.arena, call.answer).ptr, "job_");
    REQUIRE(id != NULL);
    snprintf(body, sizeof(body), "{\"id\":\"%.30s\"}", id);
    CHECK_INT(fixture_call(&f, "system.job.retry", body).status, MX_OK);
    CHECK(fixture_wait(&f, "x", 3));
    CHECK_STR(fixture_call(&f, "system.job.list", "").answer, "{\"jobs\":[]}");
    CHECK_INT(fixture_call(&f, "system.job.retry", body).http_status, 404);
    fixture_close(&f);
}

RUN_TESTS(CASE(subscribers_write_in_the_same_commit), CASE(a_subscribers_error_rolls_everything_back),
          CASE(events_go_eight_deep_and_no_deeper), CASE(a_failed_command_leaves_no_event),
          CASE(a_subscriber_cannot_swallow_a_failed_command), CASE(followers_count_each_event_once_over_restarts),
          CASE(a_stumbling_follower_is_asked_again_and_holds_nobody_up), CASE(due_times_fire_once_even_behind_a_restart),
          CASE(a_refused_due_operation_is_over_and_a_broken_one_comes_again), CASE(a_damaged_due_time_holds_no_other_up),
          CASE(a_due_time_whose_name_is_damaged_fires_once), CASE(a_damaged_job_holds_no_other_up),
          CASE(jobs_step_to_their_end_over_restarts), CASE(a_failed_step_leaves_nothing_and_is_tried_again),
          CASE(a_failing_job_holds_no_other_up), CASE(a_job_that_gave_up_is_listed_and_can_be_set_going))
