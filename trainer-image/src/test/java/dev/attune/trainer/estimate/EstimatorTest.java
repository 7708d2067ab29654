package dev.attune.trainer.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.attune.trainer.estimate.Workload.Batch;
import dev.attune.trainer.estimate.Workload.Beside;
import dev.attune.trainer.estimate.Workload.Head;
import dev.attune.trainer.estimate.Workload.Layer;
import dev.attune.trainer.estimate.Workload.Numbers;
import dev.attune.trainer.estimate.Workload.Trained;
import dev.attune.trainer.estimate.Workload.Weights;
import java.util.Collections;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A model of two layers, 10 wide, whose layers are 1,000 numbers each, and whose head gives 50 scores. */
class EstimatorTest {

    private static final Weights FP32 = new Weights(3_000, 0, 0, 0);
    private static final Trained ADAPTER = new Trained(80, 40, true, Moments.ADAMW);
    private static final Head HEAD = new Head(10, 50, 500, 0, false, true, false);
    private static final Batch BATCH = new Batch(8, 4, 16, 0, 0);

    private static final Beside BESIDE = new Beside(0, 0, 0);
    private static final Numbers NONE = new Numbers(0, 0);

    private static Layer layer(long trained, boolean learns) {
        return new Layer(
                10, 10, new Numbers(10, 30), new Numbers(10, 60), new Numbers(0, 10), 1_000, trained, 40, learns);
    }

    private static Workload work(Layer layer, Batch batch) {
        return new Workload(FP32, ADAPTER, Collections.nCopies(2, layer), HEAD, batch, BESIDE, false, false);
    }

    private static final Workload LORA = work(layer(0, true), BATCH);

    @ParameterizedTest(name = "{0} numbers, {1} as codes of {2} bits, {3} halves: {4} bytes")
    @CsvSource({"3000, 0, 0, 0, 12000", "3000, 0, 0, 2000, 8000", "3000, 1280, 4, 0, 7600", "3000, 1280, 8, 1720, 4800"
    })
    void weightsTakeWhatTheyAreKeptAs(long parameters, long codes, int bits, long halves, long bytes) {
        var weights = new Weights(parameters, codes, bits, halves);
        var work = new Workload(weights, ADAPTER, LORA.layers(), HEAD, BATCH, BESIDE, false, false);

        assertThat(Estimator.of(work).memory().weights()).isEqualTo(bytes);
    }

    @Test
    void adamKeepsTwoMomentsOfWhatIsTrained() {
        var memory = Estimator.of(LORA).memory();

        assertThat(memory.gradients()).isEqualTo(80 * 4);
        assertThat(memory.optimiser()).isEqualTo(2 * 80 * 4);
    }

    @Test
    void codesOfMomentsTakeAQuarterWithAScaleForEachBlock() {
        var coded = new Workload(
                FP32,
                new Trained(25_600, 40, true, Moments.ADAMW8BIT),
                LORA.layers(),
                HEAD,
                BATCH,
                BESIDE,
                false,
                false);

        assertThat(Estimator.of(coded).memory().optimiser()).isEqualTo(2 * (25_600 + 100 * 4));
    }

    @Test
    void everyLayerKeepsItsActivationsOfEveryTokenAtOnce() {
        assertActivations(LORA, Estimator.KEPT * 2 * 4 * 16 * (10 + 40 + 10 + 60) * 4);
    }

    @Test
    void whatIsMultipliedIsHalfAsWideInBf16AndTheRestIsNot() {
        var half = new Workload(FP32, ADAPTER, LORA.layers(), HEAD, BATCH, BESIDE, false, true);

        assertActivations(half, Estimator.KEPT * 2 * 4 * 16 * ((10 + 10) * 4 + (40 + 60) * 2));
    }

    @Test
    void layersBelowAllThatIsTrainedKeepNothingButTakeTheirWay() {
        var layers = List.of(layer(0, false), layer(0, true));
        var top = new Workload(FP32, ADAPTER, layers, HEAD, BATCH, BESIDE, false, false);

        assertThat(Estimator.of(top).memory().activations())
                .isEqualTo(Estimator.of(LORA).memory().activations() / 2);
    }

    @Test
    void behindAttentionTheLastLayerKeepsWhatIsReadAlone() {
        var wholeText = new Head(10, 3, 30, 30, true, true, false);
        var work = new Workload(FP32, ADAPTER, LORA.layers(), wholeText, BATCH, BESIDE, false, false);

        assertActivations(work, Estimator.KEPT * 4 * (16 * (10 + 40 + 10 + 60) + 16 * (10 + 40) + 10 + 60) * 4);
    }

    @Test
    void ofLayersThatAreComputedAgainTheEndsAreKeptAndTheWayIsLongerButForWhatLogitsLeave() {
        var again = Estimator.of(new Workload(FP32, ADAPTER, LORA.layers(), HEAD, BATCH, BESIDE, true, false));

        assertThat(again.memory().activations()).isEqualTo(2 * 4 * 16 * 3 * 10 * 4);
        var largest = 40 * 4;
        var shared = Estimator.SHARED * again.memory().logits();
        assertThat(again.memory().workspace() + shared - largest)
                .isCloseTo(Estimator.AGAIN * (Estimator.of(LORA).memory().workspace() - largest), within(2.0));
    }

    @Test
    void keysInFrontOfEveryTextAreKeptAndAllOthersBehindThemAnew() {
        var prefixed = work(layer(0, true), new Batch(8, 4, 16, 0, 5));

        assertActivations(prefixed, Estimator.KEPT * 2 * 4 * (16 * (10 + 40 + 10 + 60) + 2 * (5 + 16) * 10) * 4);
    }

    /** Of each layer a part of a byte may be cut off. */
    private static void assertActivations(Workload work, double bytes) {
        assertThat((double) Estimator.of(work).memory().activations()).isCloseTo(bytes, within(2.0));
    }

    @Test
    void gradientsComeIntoAPartOfWhatActivationsLeaveUnlessTheyWaitForAnotherMicroBatch() {
        var trained = new Trained(20_000, 40, false, Moments.ADAMW);
        var whole = new Batch(4, 4, 16, 0, 0);
        var memory = Estimator.of(new Workload(FP32, trained, LORA.layers(), HEAD, whole, BESIDE, false, false))
                .memory();
        var waiting = Estimator.of(new Workload(FP32, trained, LORA.layers(), HEAD, BATCH, BESIDE, false, false))
                .memory();

        assertThat((double) memory.gradients())
                .isCloseTo(20_000 * 4 - Estimator.REUSED * memory.activations(), within(2.0));
        assertThat(waiting.gradients()).isEqualTo(20_000 * 4);
    }

    @Test
    void theModelIsReadAgainIntoWhatGradientsAndHalfOfActivationsLeft() {
        var again = new Workload(FP32, ADAPTER, LORA.layers(), HEAD, BATCH, new Beside(100_000, 0, 0), false, false);
        var memory = Estimator.of(again).memory();

        assertThat(memory.again()).isEqualTo(400_000 - memory.activations() / 2 - memory.gradients());
    }

    @Test
    void whatIsRememberedLiesBesideAllElseAndLeavesGapsWhereItWasComputed() {
        var remembering =
                new Workload(FP32, ADAPTER, LORA.layers(), HEAD, BATCH, new Beside(0, 100_000, 0), false, false);
        var memory = Estimator.of(remembering).memory();

        assertThat(memory.remembered()).isEqualTo(400_000);
        assertThat(memory.workspace())
                .isGreaterThan(Estimator.of(LORA).memory().workspace() + 1000 * (10 + 40 + 10 + 60) * 4);
    }

    @Test
    void virtualTokensAreTokens() {
        assertThat(Estimator.of(work(layer(0, true), new Batch(8, 4, 12, 4, 0))))
                .isEqualTo(Estimator.of(LORA));
    }

    @Test
    void aHeadAloneKeepsNoActivations() {
        var alone = new Head(10, 3, 30, 30, true, true, true);
        var work = new Workload(
                FP32,
                new Trained(33, 30, false, Moments.LBFGS),
                Collections.nCopies(2, layer(0, false)),
                alone,
                BATCH,
                BESIDE,
                false,
                false);

        var estimate = Estimator.of(work);
        assertThat(estimate.memory().activations()).isZero();
        assertThat(estimate.flops()).isEqualTo(2.0 * 8 * 2 * 30);
    }

    @Test
    void manyLogitsAreNeverThereAtOnce() {
        ToDoubleFunction<Integer> logits = length -> {
            var head = new Head(10, 50_000, 500_000, 0, false, true, false);
            var work = new Workload(
                    FP32, ADAPTER, LORA.layers(), head, new Batch(1, 1, length, 0, 0), BESIDE, false, false);
            return Estimator.of(work).memory().logits();
        };

        assertThat(logits.applyAsDouble(10_000) / logits.applyAsDouble(200)).isLessThan(1.1);
        assertThat(logits.applyAsDouble(50) / logits.applyAsDouble(10)).isGreaterThan(4.9);
    }

    @ParameterizedTest(name = "trained {0}, learns {1}: {2} for each number and token")
    @CsvSource({"0, false, 2", "0, true, 4", "1000, true, 6"})
    void aNumberIsMultipliedForwardThenForWhatWasReadAndForItself(long trained, boolean learns, long times) {
        var one = new Batch(8, 4, 16, 0, 0);
        var bare = new Layer(10, 0, NONE, NONE, NONE, 1_000, trained, 0, learns);
        var head = new Head(10, 50, 0, 0, false, true, false);
        var work = new Workload(FP32, ADAPTER, List.of(bare), head, one, BESIDE, false, false);

        assertThat(Estimator.of(work).flops()).isEqualTo(8.0 * 16 * 1_000 * times);
    }

    @Test
    void microBatchesChangeMemoryAndNotTheWork() {
        var fewer = work(layer(0, true), new Batch(8, 1, 16, 0, 0));

        assertThat(Estimator.of(fewer).flops()).isEqualTo(Estimator.of(LORA).flops());
        assertThat(Estimator.of(fewer).memory().activations())
                .isCloseTo(Estimator.of(LORA).memory().activations() / 4, within(2L));
    }

    @Test
    void nothingIsUsedTwice() {
        var memory = new Estimate.Memory(1, 2, 4, 8, 16, 32, 64, 128, 256);

        assertThat(memory.peak()).isEqualTo(511);
    }

    @Test
    void theProcessGrowsWithTheTokenizer() {
        var tokenizer =
                new Workload(FP32, ADAPTER, LORA.layers(), HEAD, BATCH, new Beside(0, 0, 1_000_000), false, false);

        assertThat(Estimator.of(tokenizer).memory().process()
                        - Estimator.of(LORA).memory().process())
                .isEqualTo(48_000_000);
    }

    @Test
    void productsTakeAPartOfTheTime() {
        var estimate = Estimator.of(LORA);

        assertThat(estimate.seconds(1e9)).isEqualTo(estimate.flops() / 1e9 / Estimator.PRODUCTS);
    }
}
