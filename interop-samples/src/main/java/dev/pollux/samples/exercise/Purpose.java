package dev.pollux.samples.exercise;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What a field is for, in a few words: a comment that a program can print. */
@Target(ElementType.FIELD)
@Retention(RetentionPolicy.RUNTIME)
@interface Purpose {

  /** The words. */
  String value();
}
