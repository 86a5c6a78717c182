package io.orrery.cli;

import java.io.IOException;

/** A job could not be followed to its end, which is therefore unknown. */
final class LostContactException extends IOException {
  private static final long serialVersionUID = 1;

  LostContactException(String trouble, String resumeCommand) {
    super(
        "gave up: "
            + trouble
            + "\nhow the job ends is unknown; to read on: "
            + resumeCommand
            + "\nand for its exit code: orrery wait "
            + resumeCommand.substring(resumeCommand.lastIndexOf(' ') + 1));
  }
}
