package io.orrery.job;

/** Why a call was refused or failed: the stable word that programs decide by (AIP-193). */
public enum Reason {
  /** The caller showed no certificate of ours. */
  CERT_MISSING,
  /** The caller's certificate names no role of ours, or several. */
  CERT_IDENTITY,
  /** The caller's role may not make this call. */
  ROLE_NOT_ALLOWED,
  /** The worker's policy does not allow the command. */
  COMMAND_NOT_ALLOWED,
  /** A worker spoke for another worker. */
  FOREIGN_WORKER,
  /** No such job, or not the caller's. */
  JOB_NOT_FOUND,
  /** The first characters of an id are those of several jobs. */
  JOB_AMBIGUOUS,
  /** No such worker. */
  WORKER_NOT_FOUND,
  /** The health of a service was asked that is not served here. */
  SERVICE_NOT_FOUND,
  /** The HTTP/JSON face has no such path. */
  PATH_NOT_FOUND,
  /** A web page of another site had a browser send the request. */
  FOREIGN_PAGE,
  /** A field of the request is wrong; the violations say which. */
  INVALID_REQUEST,
  /** The message is not protobuf of the request's type. */
  MALFORMED_MESSAGE,
  /** The script does not exist in the worker's scripts folder. */
  SCRIPT_NOT_FOUND,
  /** The job id is taken by a job with another spec. */
  REQUEST_ID_CONFLICT,
  /** The job has ended. */
  JOB_TERMINAL,
  /** The job asks for what this worker cannot do or enforce. */
  UNSUPPORTED,
  /** Another worker with this name is alive. */
  WORKER_NAME_IN_USE,
  /** A worker cannot be forgotten that is there, or has jobs. */
  WORKER_NOT_GONE,
  /** No worker matches what the job asks for. */
  NO_MATCHING_WORKER,
  /** No worker has room for the job, and the queue is full. */
  QUEUE_FULL,
  /**
   * The worker has another run of the job: a later one, or an earlier one that has not ended; the
   * metadata {@code known_attempt} is its number.
   */
  STALE_ATTEMPT,
  /** The worker does not answer. */
  WORKER_UNREACHABLE,
  /** The server at the worker's address is another one. */
  WORKER_IDENTITY,
  /** The message is larger than the server takes. */
  MESSAGE_TOO_LARGE,
  /** A reader was too slow for too long. */
  SLOW_READER,
  /** A client sent more standard input than it was told there is room for. */
  STDIN_OVERRUN,
  /** The caller has as many streams open as one caller may have. */
  TOO_MANY_STREAMS,
  /** The scheduler has just started and does not know all jobs again yet. */
  STARTING,
  /**
   * The server is about to stop, or the worker takes no new jobs; with the metadata {@code
   * not_started} it has not started this run of the job in an earlier call either.
   */
  DRAINING,
  /** The offset is beyond the end of a finished job's stream, or of the input that has arrived. */
  OFFSET_PAST_END,
  /** Bytes that were asked for without gaps are gone. */
  OUTPUT_MISSING,
  /** The disk is full or failed. */
  STORAGE_FAILED,
  /** The scheduler's store is down, full, locked, read-only or slow. */
  STORE_UNAVAILABLE,
  /** The time for the call was over. */
  DEADLINE,
  /** The caller went away. */
  CANCELLED,
  /** The method, encoding or number of messages is not served. */
  NOT_SERVED,
  /** A fault of ours; the metadata has an incident to look up in the log. */
  INTERNAL_BUG
}
