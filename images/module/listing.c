// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/cmalab: regions, then live allocations.
 *
 *	region INDEX NAME KIND BASE SIZE
 *	allocation REGION BASE LENGTH ORDER PID COMM
 *
 * A process may give itself any name (prctl(2), PR_SET_NAME): what is not
 * printable in it, and a backslash, is written as \OOO.
 */
#include <linux/mm.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>

#include "cmalab.h"

#define LISTING_NAME "cmalab"

static const char *const kind_names[] = {
	[CMALAB_DEFAULT_POOL] = "default",
	[CMALAB_REUSABLE_POOL] = "reusable",
	[CMALAB_CARVEOUT] = "carveout",
};

static void *listing_start(struct seq_file *listing, loff_t *position)
{
	mutex_lock(&cmalab_lock);
	return seq_list_start_head(&cmalab_allocations, *position);
}

static void *listing_next(struct seq_file *listing, void *link, loff_t *position)
{
	return seq_list_next(link, &cmalab_allocations, position);
}

static void listing_stop(struct seq_file *listing, void *link)
{
	mutex_unlock(&cmalab_lock);
}

static void show_regions(struct seq_file *listing)
{
	const struct region *region;

	list_for_each_entry(region, &cmalab_regions, link)
		seq_printf(listing, "region %u %s %s 0x%llx 0x%llx\n", region->index, region->name,
			   kind_names[region->kind], (unsigned long long)region->base,
			   region->size);
}

static void show_name(struct seq_file *listing, const char *name)
{
	for (; *name; name++) {
		if (*name >= ' ' && *name <= '~' && *name != '\\')
			seq_putc(listing, *name);
		else
			seq_printf(listing, "\\%03o", (u8)*name);
	}
}

/* The list's head stands for the regions. */
static int listing_show(struct seq_file *listing, void *link)
{
	const struct allocation *allocation = list_entry(link, struct allocation, link);

	if (link == &cmalab_allocations) {
		show_regions(listing);
		return 0;
	}
	seq_printf(listing, "allocation %u 0x%llx 0x%zx %d %d ", allocation->region->index,
		   (unsigned long long)allocation->base, allocation->length,
		   get_order(allocation->length), allocation->owner);
	show_name(listing, allocation->owner_name);
	seq_putc(listing, '\n');
	return 0;
}

static const struct seq_operations listing_operations = {
	.start = listing_start,
	.next = listing_next,
	.stop = listing_stop,
	.show = listing_show,
};

int listing_register(void)
{
	return proc_create_seq(LISTING_NAME, 0400, NULL, &listing_operations) ? 0 : -ENOMEM;
}

void listing_unregister(void)
{
	remove_proc_entry(LISTING_NAME, NULL);
}
