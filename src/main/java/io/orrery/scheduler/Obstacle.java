package io.orrery.scheduler;

/** What keeps a job from a worker, in the words of ExplainJob. */
enum Obstacle {
  NONE("could run it now"),
  NOT_NAMED("is not the worker that the job names"),
  LABELS("has labels that do not match the selector"),
  LIMITS("cannot enforce a limit that the job asks for"),
  TOO_SMALL("has too few processors or too little memory in all"),
  OFFLINE("is offline"),
  UNREACHABLE("is unreachable"),
  DRAINING("takes no new jobs"),
  SLOTS("has no free slot"),
  CPUS("has too few free processors"),
  MEMORY("has too little free memory"),
  RESERVED("is kept for a job that is before it");

  private final String text;

  Obstacle(String text) {
    this.text = text;
  }

  /** Continues 'the worker …'. */
  String text() {
    return text;
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
