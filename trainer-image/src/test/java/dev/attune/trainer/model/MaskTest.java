package dev.attune.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.attune.trainer.tensor.Scope;
import dev.attune.trainer.tensor.Torch;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tables are drawn a row a query: x where it may look, . where it may not. */
class MaskTest {

    private final Scope scope = Scope.withoutGradients();

    @AfterEach
    void close() {
        scope.close();
    }

    @Test
    void causalQueriesSeeThemselvesAndWhatIsBefore() {
        assertThat(rows(Mask.causal(tokens(null)), 3, 3)).containsExactly("x..", "xx.", "xxx");
    }

    @Test
    void theLastQueryStandsAtTheLastKey() {
        assertThat(rows(Mask.causal(tokens(null)), 2, 5)).containsExactly("xxxx.", "xxxxx");
    }

    @Test
    void aWindowHoldsTheLastKeysItselfIncluded() {
        assertThat(rows(Mask.causal(tokens(null)).within(2), 4, 4)).containsExactly("x...", "xx..", ".xx.", "..xx");
    }

    @Test
    void aWindowIsMeasuredInKeysInFrontToo() {
        assertThat(rows(Mask.causal(tokens(null)).within(3), 1, 5)).containsExactly("..xxx");
    }

    @Test
    void fullQueriesSeeAllThatIsReal() {
        assertThat(rows(Mask.full(tokens("xx.")), 3, 3)).containsExactly("xx.");
        assertThat(Mask.full(tokens(null)).plain(3, 3)).isTrue();
    }

    @Test
    void fillingInFrontIsSeenByNoneButItself() {
        assertThat(rows(Mask.causal(tokens("..xx")), 4, 4)).containsExactly("x...", ".x..", "..x.", "..xx");
    }

    @Test
    void fillingBehindNeedsNoMaskWhereNothingLooksBehind() {
        var tokens = new Tokens(null, null, real("xx."), true, 0, null, null);
        assertThat(Mask.causal(tokens).plain(3, 3)).isTrue();
        assertThat(Mask.full(tokens).plain(3, 3)).isFalse();
    }

    @Test
    void keysInFrontAreSeenByAll() {
        assertThat(rows(Mask.full(tokens("xx.")), 3, 5)).containsExactly("xxxx.");
        assertThat(rows(Mask.causal(tokens(".xx")), 3, 5)).containsExactly("xxx..", "xx.x.", "xx.xx");
    }

    @Test
    void aBiasIsAddedWhereAQueryMayLookAndNothingIsSeenElsewhere() {
        var table = Mask.causal(tokens(null))
                .plus((queries, keys) -> Torch.manager().full(new Shape(1, 2, queries, keys), 0.5f))
                .table(Torch.manager(), 2, 2);
        assertThat(table.getShape()).isEqualTo(new Shape(1, 2, 2, 2));
        var numbers = table.toFloatArray();
        for (var head = 0; head < 2; head++) {
            assertThat(numbers[head * 4]).isEqualTo(0.5f);
            assertThat(numbers[head * 4 + 1]).as("the future").isLessThan(-1e30f);
            assertThat(numbers[head * 4 + 2]).isEqualTo(0.5f);
            assertThat(numbers[head * 4 + 3]).isEqualTo(0.5f);
        }
    }

    @Test
    void onlyWhatTheKernelKnowsItselfIsPlain() {
        var causal = Mask.causal(tokens(null));
        assertThat(causal.plain(4, 4)).isTrue();
        assertThat(causal.plain(1, 9)).as("one query behind all keys").isTrue();
        assertThat(causal.plain(2, 4)).as("keys in front").isFalse();
        assertThat(causal.within(4).plain(4, 4))
                .as("a window that cuts nothing")
                .isTrue();
        assertThat(causal.within(3).plain(4, 4)).isFalse();
        assertThat(causal.plus((queries, keys) -> null).plain(4, 4)).isFalse();
        assertThat(Mask.causal(tokens(".x")).plain(2, 2)).isFalse();
    }

    @Test
    void ofTextsBehindEachOtherEachIsMaskedByItself() {
        var causal = Mask.causal(Tokens.inARow(null, null, new Texts(3, 4)));
        assertThat(causal.plain(7, 7)).isTrue();
        assertThat(causal.within(4).plain(7, 7))
                .as("a window as long as the longest")
                .isTrue();
        assertThat(causal.within(3).plain(7, 7)).isFalse();
        assertThat(causal.within(3).tables(Torch.manager()))
                .extracting(NDArray::getShape)
                .containsExactly(new Shape(1, 1, 3, 3), new Shape(1, 1, 4, 4));
    }

    private static Tokens tokens(String real) {
        return new Tokens(null, null, real == null ? null : real(real), false, 0, null, null);
    }

    private static NDArray real(String row) {
        var real = new boolean[row.length()];
        for (var at = 0; at < real.length; at++) {
            real[at] = row.charAt(at) == 'x';
        }
        return Torch.manager().create(real, new Shape(1, real.length));
    }

    private static List<String> rows(Mask mask, int queries, int keys) {
        var allowed = mask.table(Torch.manager(), queries, keys).toBooleanArray();
        var rows = new ArrayList<String>();
        for (var from = 0; from < allowed.length; from += keys) {
            var row = new StringBuilder();
            for (var key = 0; key < keys; key++) {
                row.append(allowed[from + key] ? 'x' : '.');
            }
            rows.add(row.toString());
        }
        return rows;
    }
}
