// Reads the lines of stamp from its standard input; prints how many microseconds old each was when it came.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int main(void) {
  char bytes[4096];
  long long stamp = 0;
  ssize_t length;
  while ((length = read(STDIN_FILENO, bytes, sizeof bytes)) > 0) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    long long now = time.tv_sec * 1000000000LL + time.tv_nsec;
    for (ssize_t i = 0; i < length; i++) {
      if (bytes[i] == '\n') {
        printf("%.1f\n", (now - stamp) / 1e3);
        stamp = 0;
      } else {
        stamp = 10 * stamp + (bytes[i] - '0');
      }
    }
  }
  return length == 0 ? 0 : 1;
}
