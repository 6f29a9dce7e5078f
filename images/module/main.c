// SPDX-License-Identifier: GPL-2.0-only
/*
 * Contiguous memory for the test programs: binds to the devices that the board's
 * device tree describes, one on the default pool and one for each region of
 * reserved-memory, and hands out their memory through /dev/cma_mem.
 */
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/of_reserved_mem.h>
#include <linux/platform_device.h>
#include <linux/property.h>

#include "cmalab.h"
#include "lines.h"

#define REGION_LIMIT 64

/* Guards the lists of regions and allocations. */
DEFINE_MUTEX(cmalab_lock);
LIST_HEAD(cmalab_regions);
LIST_HEAD(cmalab_allocations);
struct device *cmalab_importer;

static u32 region_count;

/* The kernel tells a module nothing of its default pool; user space can read it. */
static unsigned long long default_base;
module_param(default_base, ullong, 0444);
MODULE_PARM_DESC(default_base, "physical base of the default pool");
static unsigned long long default_size;
module_param(default_size, ullong, 0444);
MODULE_PARM_DESC(default_size, "bytes of the default pool, 0 if they are not known");

/* Regions come before the first open file and go after the last one. */
struct region *region_at(u32 index)
{
	struct region *region, *found = NULL;

	mutex_lock(&cmalab_lock);
	list_for_each_entry(region, &cmalab_regions, link)
		if (region->index == index)
			found = region;
	mutex_unlock(&cmalab_lock);
	return found;
}

static int describe_reserved(struct region *region, struct device_node *node)
{
	const struct reserved_mem *memory = of_reserved_mem_lookup(node);

	if (!memory)
		return -ENODEV;
	region->base = memory->base;
	region->size = memory->size;
	region->kind = of_property_read_bool(node, "reusable") ? CMALAB_REUSABLE_POOL
							       : CMALAB_CARVEOUT;
	strscpy(region->name, memory->name, sizeof(region->name));
	return 0;
}

static int describe(struct region *region)
{
	struct device_node *node = of_parse_phandle(region->dev->of_node, "memory-region", 0);
	int error;

	if (!node) {
		region->base = default_base;
		region->size = default_size;
		region->kind = CMALAB_DEFAULT_POOL;
		strscpy(region->name, "default", sizeof(region->name));
		return 0;
	}
	error = describe_reserved(region, node);
	of_node_put(node);
	if (error)
		return error;
	return of_reserved_mem_device_init_by_idx(region->dev, region->dev->of_node, 0);
}

static int consumer_probe(struct platform_device *device)
{
	struct region *region;
	int error;

	/* Memory is cleared through the CPU's caches, which the device must see. */
	if (device_get_dma_attr(&device->dev) != DEV_DMA_COHERENT) {
		dev_err(&device->dev, "the device tree does not say dma-coherent\n");
		return -EINVAL;
	}
	region = devm_kzalloc(&device->dev, sizeof(*region), GFP_KERNEL);
	if (!region)
		return -ENOMEM;
	region->dev = &device->dev;
	error = dma_set_mask_and_coherent(&device->dev, DMA_BIT_MASK(64));
	if (error)
		return error;
	error = describe(region);
	if (error)
		return error;
	mutex_lock(&cmalab_lock);
	if (region_count == REGION_LIMIT) {
		error = -ENOSPC;
	} else {
		region->index = region_count++;
		list_add_tail(&region->link, &cmalab_regions);
	}
	mutex_unlock(&cmalab_lock);
	if (error)
		of_reserved_mem_device_release(&device->dev);
	platform_set_drvdata(device, region);
	return error;
}

static void consumer_release(struct platform_device *device)
{
	struct region *region = platform_get_drvdata(device);

	mutex_lock(&cmalab_lock);
	list_del(&region->link);
	mutex_unlock(&cmalab_lock);
	of_reserved_mem_device_release(&device->dev);
}

#if KERNEL_BEFORE(6, 11)
static int consumer_remove(struct platform_device *device)
{
	consumer_release(device);
	return 0;
}
#else
#define consumer_remove consumer_release
#endif

static const struct of_device_id consumer_ids[] = { { .compatible = "cmalab,consumer" }, {} };
MODULE_DEVICE_TABLE(of, consumer_ids);

/* An allocation refers to its device: only the module's end unbinds it. */
static struct platform_driver consumer_driver = {
	.probe = consumer_probe,
	.remove = consumer_remove,
	.driver = {
		.name = "cmalab",
		.of_match_table = consumer_ids,
		.suppress_bind_attrs = true,
	},
};

static int register_importer(void)
{
	const struct platform_device_info info = {
		.name = "cmalab-importer",
		.id = PLATFORM_DEVID_NONE,
		.dma_mask = DMA_BIT_MASK(64),
	};
	struct platform_device *importer = platform_device_register_full(&info);

	if (IS_ERR(importer))
		return PTR_ERR(importer);
	cmalab_importer = &importer->dev;
	return 0;
}

static void unregister_importer(void)
{
	platform_device_unregister(to_platform_device(cmalab_importer));
}

static int __init cmalab_init(void)
{
	int error = register_importer();

	if (error)
		return error;
	error = platform_driver_register(&consumer_driver);
	if (error)
		goto no_driver;
	error = listing_register();
	if (error)
		goto no_listing;
	error = file_register();
	if (error)
		goto no_file;
	return 0;

no_file:
	listing_unregister();
no_listing:
	platform_driver_unregister(&consumer_driver);
no_driver:
	unregister_importer();
	return error;
}

static void __exit cmalab_exit(void)
{
	file_unregister();
	listing_unregister();
	platform_driver_unregister(&consumer_driver);
	unregister_importer();
}

module_init(cmalab_init);
module_exit(cmalab_exit);

MODULE_DESCRIPTION("Contiguous memory for tests");
MODULE_LICENSE("GPL");
