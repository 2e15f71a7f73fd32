package dev.pollux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class AnswersTest {

  @Test
  void pendingAndEndAndDoneAreOneInstanceEach() {
    assertThat((Object) Poll.pending()).isSameAs(Poll.pending()).isSameAs(Next.pending());
    assertThat((Object) Next.end()).isSameAs(Next.end());
    assertThat((Object) Poll.done()).isSameAs(Poll.done());
    assertThat(Poll.done().value()).isNull();
  }

  @Test
  void anAnswerKnowsItsKind() {
    assertThat(Poll.ready(1).isReady()).isTrue();
    assertThat(Poll.ready(1).isPending()).isFalse();
    assertThat(Poll.pending().isPending()).isTrue();
    assertThat(Poll.pending().isReady()).isFalse();
    assertThat(Next.item(1).isItem()).isTrue();
    assertThat(Next.item(1).isEnd()).isFalse();
    assertThat(Next.item(1).isPending()).isFalse();
    assertThat(Next.end().isEnd()).isTrue();
    assertThat(Next.end().isItem()).isFalse();
    assertThat(Next.end().isPending()).isFalse();
    assertThat(Next.pending().isPending()).isTrue();
    assertThat(Next.pending().isItem()).isFalse();
    assertThat(Next.pending().isEnd()).isFalse();
  }

  @Test
  void onlyAValueHasAValue() {
    assertThat(Poll.ready("a").value()).isEqualTo("a");
    assertThat(Next.item("a").value()).isEqualTo("a");
    assertThatThrownBy(() -> Poll.pending().value()).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> Next.end().value()).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> Next.item(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("value");
  }

  @Test
  void answersPrintPlainly() {
    assertThat(Poll.pending()).hasToString("Pending");
    assertThat(Next.end()).hasToString("End");
    assertThat(Poll.ready(1)).hasToString("Ready[value=1]");
    assertThat(Next.item(1)).hasToString("Item[value=1]");
  }
}
