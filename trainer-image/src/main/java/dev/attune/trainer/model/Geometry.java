package dev.attune.trainer.model;

import java.util.List;

/**
 * The sizes that methods build by.
 *
 * @param hidden width of a hidden state
 * @param attentions names under which {@link Network#attention} is called for attention of a sequence to itself, in order;
 *     of an encoder-decoder, its decoder's alone
 * @param keyValueHeads heads of keys and values
 * @param headSize width of a head
 * @param sublayers what {@link Network#residual} is called for, in order; empty: bottlenecks have no place
 */
public record Geometry(int hidden, List<String> attentions, int keyValueHeads, int headSize, List<Sublayer> sublayers) {

    /**
     * A part of a layer that has a residual connection.
     *
     * @param layer the layer's module, as {@link Network#residual} is given it
     * @param bottleneck where the adapters library keeps the part's bottlenecks, as in
     *     {@code model.layers.0.output_adapters}
     */
    public record Sublayer(String layer, Network.Part part, String bottleneck) {}
}
