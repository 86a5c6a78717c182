package io.orrery.job;

/** One wrong field of a request: its path in snake_case, and what it must be. */
public record FieldViolation(String field, String description) {}
