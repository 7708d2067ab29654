/** Makes true what was decided: Jobs created and deleted, events told, the status applied. */
package dev.attune.operator.act;
