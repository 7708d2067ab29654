package dev.attune.trainer.method;

import ai.djl.ndarray.NDArray;
import dev.attune.trainer.model.NetworkDecorator;

/** Adds something to what linear layers give, whichever way their weights lie. */
interface LinearAddition extends NetworkDecorator {

    /** What a layer gives for x, {@code y}, with what is added to it. */
    NDArray plus(String name, NDArray x, NDArray y);

    @Override
    default NDArray linear(String name, NDArray x) {
        return plus(name, x, base().linear(name, x));
    }

    @Override
    default NDArray conv1d(String name, NDArray x) {
        return plus(name, x, base().conv1d(name, x));
    }
}
