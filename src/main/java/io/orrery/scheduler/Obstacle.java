package io.orrery.scheduler;

/** What keeps a job from a worker, in the words of ExplainJob. */
enum Obstacle {
  NONE("could run it now", "could run it now"),
  NOT_NAMED("is not the worker that the job names", "are not the worker that the job names"),
  LABELS("has labels that do not match the selector", "have labels that do not match the selector"),
  LIMITS(
      "cannot enforce a limit that the job asks for",
      "cannot enforce a limit that the job asks for"),
  TOO_SMALL(
      "has too few processors or too little memory in all",
      "have too few processors or too little memory in all"),
  OFFLINE("is offline", "are offline"),
  UNREACHABLE("is unreachable", "are unreachable"),
  EXPECTED(
      "has not been heard of since the scheduler was started",
      "have not been heard of since the scheduler was started"),
  DRAINING("takes no new jobs", "take no new jobs"),
  SLOTS("has no free slot", "have no free slot"),
  CPUS("has too few free processors", "have too few free processors"),
  MEMORY("has too little free memory", "have too little free memory"),
  RESERVED("is kept for a job that is before it", "are kept for jobs that are before it");

  private final String ofOne;
  private final String ofMany;

  Obstacle(String ofOne, String ofMany) {
    this.ofOne = ofOne;
    this.ofMany = ofMany;
  }

  /** Continues 'the worker …'. */
  String text() {
    return ofOne;
  }

  /** "1 has no free slot", "2 have no free slot". */
  String text(int workers) {
    return workers + " " + (workers == 1 ? ofOne : ofMany);
  }

  /** Whether it goes when other jobs end. */
  boolean isOfRoom() {
    return this == SLOTS || this == CPUS || this == MEMORY;
  }

  /** Whether it stays for as long as the worker is what it is. */
  boolean isLasting() {
    return this == NOT_NAMED || this == LABELS || this == LIMITS || this == TOO_SMALL;
  }
}
