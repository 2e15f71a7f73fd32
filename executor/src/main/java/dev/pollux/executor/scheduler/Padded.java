package dev.pollux.executor.scheduler;

import com.google.errorprone.annotations.Keep;

/**
 * Two lines of the cache before the fields of a class that one thread writes all the time. The
 * garbage collector lays the objects of two workers side by side; without a distance, each write of
 * one takes away from the other what it reads.
 */
abstract class Padded {

  @Keep private long p01;
  @Keep private long p02;
  @Keep private long p03;
  @Keep private long p04;
  @Keep private long p05;
  @Keep private long p06;
  @Keep private long p07;
  @Keep private long p08;
  @Keep private long p09;
  @Keep private long p10;
  @Keep private long p11;
  @Keep private long p12;
  @Keep private long p13;
  @Keep private long p14;
  @Keep private long p15;
  @Keep private long p16;
}
