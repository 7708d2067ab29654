package dev.attune.trainer.model.arch;

import dev.attune.trainer.model.Geometry.Sublayer;
import dev.attune.trainer.model.Network.Part;
import java.util.List;
import java.util.stream.Stream;

/** Where the adapters library keeps bottlenecks in models that it treats alike. */
final class Bottlenecks {

    private Bottlenecks() {}

    /** Right in the layer, as in decoders and DistilBERT. */
    static List<Sublayer> beside(List<String> layers) {
        return layers.stream()
                .flatMap(layer -> Stream.of(
                        new Sublayer(layer, Part.ATTENTION, layer + ".attention_adapters"),
                        new Sublayer(layer, Part.FEED_FORWARD, layer + ".output_adapters")))
                .toList();
    }
}
