package dev.attune.trainer.data;

import dev.attune.trainer.text.Message;
import java.util.List;

/** A record of a data file. */
public sealed interface Sample {

    /** Where it stands, for messages, as in {@code pvc://data/train.jsonl line 3}. */
    String where();

    /** Running text. */
    record Text(String where, String text) implements Sample {}

    /** A prompt and what the model is to go on with. */
    record Pair(String where, String prompt, String completion) implements Sample {}

    /** A chat, of at least one message. */
    record Chat(String where, List<Message> messages) implements Sample {}
}
