package dev.attune.trainer.estimate;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * How much memory there is.
 *
 * @param whose who has it, or says so, for people
 */
public record Room(long bytes, String whose) {

    private static final double PLANNED = 0.8;

    /** What this machine has, or the container that this runs in. */
    public static Room here() {
        var system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return new Room(system.getTotalMemorySize(), "this machine");
    }

    /** What may be planned for: an estimate may be a tenth too low, and memory grows a little over the first steps. */
    public long planned() {
        return (long) (bytes * PLANNED);
    }

    /** Bytes as a Kubernetes quantity, rounded up. */
    public static String quantity(long bytes) {
        return (bytes + (1 << 20) - 1) / (1 << 20) + "Mi";
    }
}
