package dev.pollux.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * All the orders in which the steps of several threads can follow one another: what a scheduler
 * could do to them, one order after the other, on one thread.
 */
public final class Interleavings {

  private Interleavings() {}

  /**
   * Lists the orders of threads with so many steps each.
   *
   * @return for each order, the number of the thread whose step comes next
   */
  public static List<int[]> of(int... steps) {
    List<int[]> orders = new ArrayList<>();
    extend(orders, new int[Arrays.stream(steps).sum()], 0, steps.clone());
    return orders;
  }

  private static void extend(List<int[]> orders, int[] order, int length, int[] left) {
    if (length == order.length) {
      orders.add(order.clone());
      return;
    }
    for (int thread = 0; thread < left.length; thread++) {
      if (left[thread] > 0) {
        left[thread]--;
        order[length] = thread;
        extend(orders, order, length + 1, left);
        left[thread]++;
      }
    }
  }
}
