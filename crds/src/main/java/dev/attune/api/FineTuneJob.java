package dev.attune.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalSelectableField;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** One adaptation of one foundation model: what to train, on which data, how, and where the result goes. */
@SchemaCustomizer(
        value = Description.class,
        input = "One adaptation of one foundation model: what to train, on which data, how, and where the"
                + " result goes. The operator runs it as a trainer pod and reports in the status.")
@Group(FineTuneJob.GROUP)
@Version(FineTuneJob.VERSION)
@ShortNames("ftj")
@Categories("attune")
@AdditionalPrinterColumn(name = "Model", jsonPath = ".spec.model.from")
@AdditionalPrinterColumn(name = "Method", jsonPath = ".status.method")
@AdditionalPrinterColumn(name = "Phase", jsonPath = ".status.phase")
@AdditionalPrinterColumn(name = "Step", jsonPath = ".status.progress.steps")
@AdditionalPrinterColumn(name = "Loss", jsonPath = ".status.progress.loss")
@AdditionalPrinterColumn(name = "ETA", jsonPath = ".status.progress.eta")
@AdditionalPrinterColumn(
        name = "Age",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(name = "Metric", jsonPath = ".status.metric", priority = 1)
@AdditionalPrinterColumn(
        name = "Attempts",
        jsonPath = ".status.attempts",
        type = AdditionalPrinterColumn.Type.INTEGER,
        priority = 1)
@AdditionalPrinterColumn(name = "Result", jsonPath = ".status.result.uri", priority = 1)
@AdditionalSelectableField(jsonPath = ".spec.model.from")
@ValidationRule(
        value = "size(self.metadata.name) <= 52",
        message = "metadata.name may have 52 characters at most, so that '<name>-<attempt>' names a Job")
public class FineTuneJob extends CustomResource<FineTuneJobSpec, FineTuneJobStatus> implements Namespaced {

    public static final String GROUP = "attune.dev";
    public static final String VERSION = "v1alpha1";

    @Override
    @Required
    @JsonPropertyDescription("The recipe: what to train, on which data, how, and where the result goes. It can't be"
            + " changed once the job exists, but for suspend, backoffLimit and ttlSecondsAfterFinished.")
    public FineTuneJobSpec getSpec() {
        return super.getSpec();
    }

    @Override
    @JsonPropertyDescription(
            "How the job is getting on, as the operator and the trainer see it; never written by people.")
    public FineTuneJobStatus getStatus() {
        return super.getStatus();
    }

    @Override
    protected FineTuneJobSpec initSpec() {
        return null;
    }

    @Override
    protected FineTuneJobStatus initStatus() {
        return null;
    }
}
