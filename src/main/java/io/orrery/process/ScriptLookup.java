package io.orrery.process;

import java.nio.file.Path;

/** What a request's script path came to. */
public sealed interface ScriptLookup {

  /** A regular file in the scripts folder, by its real, absolute path. */
  record Found(Path file) implements ScriptLookup {}

  /** There is no such file; the message is for the caller. */
  record NotFound(String message) implements ScriptLookup {}

  /** The path is not one of a script in the folder, whether something is there or not. */
  record NotAllowed(String message) implements ScriptLookup {}
}
