/*
 * Lets a test set the wall clock of one program: preloaded into it (LD_PRELOAD), adds to what the C library tells of the wall
 * clock the seconds that are in the file TEST_WALL_CLOCK, eight bytes in the order of the machine, which may change at any
 * time. All other clocks are as they are.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile int64_t *seconds;
static int (*next_clock_gettime)(clockid_t, struct timespec *);
static int (*next_gettimeofday)(struct timeval *, void *);

__attribute__((constructor)) static void begin(void) {
  next_clock_gettime = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
  next_gettimeofday = (int (*)(struct timeval *, void *))dlsym(RTLD_NEXT, "gettimeofday");
  const char *path = getenv("TEST_WALL_CLOCK");
  int file = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    return;
  }
  void *page = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
  close(file);
  seconds = page == MAP_FAILED ? NULL : page;
}

static time_t offset(void) { return seconds == NULL ? 0 : (time_t)*seconds; }

int clock_gettime(clockid_t clock, struct timespec *now) {
  if (next_clock_gettime == NULL) {
    begin(); /* another library's constructor was first */
  }
  int result = next_clock_gettime(clock, now);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
    now->tv_sec += offset();
  }
  return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  if (next_gettimeofday == NULL) {
    begin();
  }
  int result = next_gettimeofday(now, zone);
  if (result == 0) {
    now->tv_sec += offset();
  }
  return result;
}

time_t time(time_t *now) {
  struct timespec moment;
  clock_gettime(CLOCK_REALTIME, &moment);
  if (now != NULL) {
    *now = moment.tv_sec;
  }
  return moment.tv_sec;
}
