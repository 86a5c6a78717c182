// Prints the time over and over, a line each: stamp DELAY_MILLIS EVERY_MILLIS LINES.
//
// The time is CLOCK_MONOTONIC in nanoseconds, which is also that of System.nanoTime() in a JVM on Linux: whoever reads
// the line on this machine knows how old it is.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc != 4) {
    fprintf(stderr, "usage: stamp DELAY_MILLIS EVERY_MILLIS LINES\n");
    return 2;
  }
  long every = atol(argv[2]);
  long lines = atol(argv[3]);
  long wait = atol(argv[1]);
  struct timespec next;
  clock_gettime(CLOCK_MONOTONIC, &next);
  while (lines-- > 0) {
    next.tv_sec += wait / 1000;
    next.tv_nsec += wait % 1000 * 1000000;
    if (next.tv_nsec >= 1000000000) {
      next.tv_nsec -= 1000000000;
      next.tv_sec++;
    }
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
    struct timespec now;
    char line[32];
    clock_gettime(CLOCK_MONOTONIC, &now);
    int length = snprintf(line, sizeof line, "%lld\n", now.tv_sec * 1000000000LL + now.tv_nsec);
    if (write(STDOUT_FILENO, line, length) != length) {
      return 1;
    }
    wait = every;
  }
  return 0;
}
