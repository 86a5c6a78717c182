package io.orrery.store;

/** A scheduler that starts finds another one in its store. The message completes "the store …". */
final class StoreTakenException extends Exception {
  private static final long serialVersionUID = 1;

  StoreTakenException(String message) {
    super(message);
  }
}
