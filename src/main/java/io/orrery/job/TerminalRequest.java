package io.orrery.job;

/** The terminal that a job asks for. */
public record TerminalRequest(int rows, int columns, String term) {}
