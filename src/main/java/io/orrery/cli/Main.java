package io.orrery.cli;

/** The program {@code orrery}. */
public final class Main {
  private Main() {}

  /** Runs the command of the arguments and ends with its exit code. */
  public static void main(String[] args) {
    Session session = new Session(Console.system(), System.getenv(), new ProcessInterrupts());
    System.exit(new Cli(session).run(args));
  }
}
