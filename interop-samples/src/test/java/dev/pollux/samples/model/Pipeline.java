package dev.pollux.samples.model;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;

/** A source and the operators after it, drawn at random; built anew for each run. */
final class Pipeline {

  private static final int LONGEST = 12;

  /** A larger list than this is cut by the next operator, or a few flat maps would explode. */
  private static final int LARGEST = 500;

  /** An operator with its numbers drawn. */
  private record Stage(Operator operator, Step step) {}

  private final Source source;
  private final List<Stage> stages;

  private Pipeline(Source source, List<Stage> stages) {
    this.source = source;
    this.stages = stages;
  }

  /**
   * Draws a pipeline.
   *
   * @param seed the only thing that it depends on, apart from the operators
   * @param operators of what it is built
   */
  static Pipeline draw(long seed, List<Operator> operators) {
    Random random = new Random(seed);
    Draw draw = new Draw(random);
    Source source = draw.oneIn(8) ? Source.endless(draw) : draw.source();
    List<Stage> stages = new ArrayList<>();
    Model model = source.model();
    int length = draw.below(LONGEST + 1);
    int endlessFor = draw.below(6);
    while (stages.size() < length || model.endless()) {
      boolean cut = model.endless() ? stages.size() >= endlessFor : model.size() > LARGEST;
      Operator operator = cut ? Operators.TAKE : draw.oneOf(operators);
      if (cut && !operator.fits(model)) {
        break; // too large, and in no order that it could be cut by
      }
      if (operator.fits(model)) {
        Step step =
            cut
                ? Operators.take(Math.min(draw.count(), model.size()))
                : operator.draw().apply(draw.neverFailing(!model.ordered()));
        Model next = step.model().apply(model);
        if (model.endless() && next.endless() && next.items().isEmpty()) {
          continue; // no end of it would ever be seen
        }
        stages.add(new Stage(operator, step));
        model = next;
      }
    }
    return new Pipeline(source, stages);
  }

  int length() {
    return stages.size();
  }

  /** Whether the source has no end of itself. */
  boolean beginsEndless() {
    return source.model().endless();
  }

  /** This pipeline without one of its operators. */
  Pipeline without(int index) {
    List<Stage> fewer = new ArrayList<>(stages);
    fewer.remove(index);
    return new Pipeline(source, fewer);
  }

  /** Whether the model tells what this gives: a pipeline that was shortened may be none. */
  boolean isKnown() {
    Model model = source.model();
    for (Stage stage : stages) {
      if (!stage.operator().fits(model)) {
        return false;
      }
      model = stage.step().model().apply(model);
    }
    return !model.endless();
  }

  Model model() {
    Model model = source.model();
    for (Stage stage : stages) {
      model = stage.step().model().apply(model);
    }
    return model;
  }

  /** Whether no element goes astray by a decision of the user that no function sees. */
  boolean isConserving() {
    return stages.stream().allMatch(stage -> stage.operator().is(Operator.Trait.CONSERVING));
  }

  AsyncIterator<Value> ours(Run run) {
    AsyncIterator<Value> iterator = source.ours().apply(run);
    for (Stage stage : stages) {
      iterator = stage.step().ours().on(iterator, run);
    }
    return iterator;
  }

  /** The same in Reactor, which must have every operator of it. */
  Flux<Value> flux(Run run) {
    Flux<Value> flux = source.flux(run);
    for (Stage stage : stages) {
      flux = requireNonNull(stage.step().flux()).on(flux, run);
    }
    return flux;
  }

  @Override
  public String toString() {
    return stages.stream()
        .map(stage -> "." + stage.step().text())
        .collect(Collectors.joining("", source.text(), ""));
  }
}
