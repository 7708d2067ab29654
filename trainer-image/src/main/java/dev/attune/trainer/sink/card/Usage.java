package dev.attune.trainer.sink.card;

import java.util.List;
import java.util.function.Predicate;

/**
 * How transformers loads a model and what it is for.
 *
 * @param autoClass the class that loads it
 * @param pipeline what the hub calls its task
 * @param suffixes ends of the classes that it is
 */
record Usage(String autoClass, String pipeline, List<String> suffixes) {

    private static final List<Usage> ALL = List.of(
            new Usage("AutoModelForCausalLM", "text-generation", List.of("ForCausalLM", "LMHeadModel")),
            new Usage("AutoModelForSeq2SeqLM", "text-generation", List.of("ForConditionalGeneration")),
            new Usage("AutoModelForMaskedLM", "fill-mask", List.of("ForMaskedLM")),
            new Usage(
                    "AutoModelForSequenceClassification", "text-classification", List.of("ForSequenceClassification")),
            new Usage("AutoModelForQuestionAnswering", "question-answering", List.of("ForQuestionAnswering")));

    /** @param modelClass a class of transformers, as in BertForMaskedLM */
    static Usage of(String modelClass) {
        Predicate<String> fits = modelClass::endsWith;
        return ALL.stream()
                .filter(usage -> usage.suffixes.stream().anyMatch(fits))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no way to load a " + modelClass));
    }

    /** Whether it has a head that the model which it started from may lack, as its configuration tells. */
    boolean ownHead() {
        return pipeline.equals("text-classification") || pipeline.equals("question-answering");
    }
}
