// Runs a program over and over and times it, as cheaply as Linux can: one posix_spawn and one wait a run.
//
// spawn latency|rate CLIENTS MILLIS RUNS PROGRAM ARG...
//
// CLIENTS threads run PROGRAM, each its next run when the last one has ended, for MILLIS or RUNS runs each, whichever
// is first (RUNS 0: no such limit). Prints the microseconds of each run, or the runs a second of all. The program reads
// end of file and prints to nobody. A run that does not exit with 0 ends everything.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static char **command;
static long runs_wanted;
static double end;

struct client {
  pthread_t thread;
  double *micros;
  long runs;
};

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

static void run_once(void) {
  pid_t pid;
  int status;
  int error = posix_spawnp(&pid, command[0], NULL, NULL, command, environ);
  if (error != 0) {
    fprintf(stderr, "%s: %s\n", command[0], strerror(error));
    exit(1);
  }
  while (waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) {
      perror("waitpid");
      exit(1);
    }
  }
  if (status != 0) {
    fprintf(stderr, "%s: %s %d\n", command[0], WIFSIGNALED(status) ? "signal" : "exit code",
            WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    exit(1);
  }
}

static void *run_many(void *argument) {
  struct client *client = argument;
  long room = 0;
  double begin = now();
  while (begin < end && (runs_wanted == 0 || client->runs < runs_wanted)) {
    if (client->runs == room) {
      room = room == 0 ? 1024 : 2 * room;
      client->micros = realloc(client->micros, room * sizeof *client->micros);
      if (client->micros == NULL) {
        perror("realloc");
        exit(1);
      }
    }
    run_once();
    double ended = now();
    client->micros[client->runs++] = ended - begin;
    begin = ended;
  }
  return NULL;
}

static FILE *silence(void) {
  int result = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  int null = open("/dev/null", O_RDWR);
  if (result < 0 || null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0) {
    perror("spawn");
    exit(1);
  }
  return fdopen(result, "w");
}

int main(int argc, char **argv) {
  if (argc < 6) {
    fprintf(stderr, "usage: spawn latency|rate CLIENTS MILLIS RUNS PROGRAM ARG...\n");
    return 2;
  }
  int latency = strcmp(argv[1], "latency") == 0;
  int clients = atoi(argv[2]);
  runs_wanted = atol(argv[4]);
  command = argv + 5;
  FILE *result = silence();
  struct client *all = calloc(clients, sizeof *all);
  double begin = now();
  end = begin + atol(argv[3]) * 1e3;
  for (int i = 0; i < clients; i++) {
    pthread_create(&all[i].thread, NULL, run_many, &all[i]);
  }
  long total = 0;
  for (int i = 0; i < clients; i++) {
    pthread_join(all[i].thread, NULL);
    total += all[i].runs;
    for (long run = 0; latency && run < all[i].runs; run++) {
      fprintf(result, "%.1f\n", all[i].micros[run]);
    }
  }
  if (!latency) {
    fprintf(result, "%.2f\n", total / (now() - begin) * 1e6);
  }
  return fclose(result) == 0 ? 0 : 1;
}
