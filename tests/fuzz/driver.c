// SPDX-License-Identifier: GPL-2.0-or-later
/* driver.c - a target without libFuzzer: fed with every file of the folders that are named. */
#include <dirent.h>
#include <stdio.h>

#include "fuzz.h"

static int feed(const char *dir, const char *name)
{
	static uint8_t bytes[1 << 20];
	char path[1024];
	FILE *file;
	size_t size;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "re");
	if (!file) {
		perror(path);
		exit(1);
	}
	size = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	printf("%s\n", name);
	fflush(stdout);
	return LLVMFuzzerTestOneInput(bytes, size);
}

int main(int argc, char **argv)
{
	struct dirent *entry;
	int nr = 0, i;

	for (i = 1; i < argc; i++) {
		DIR *dir = opendir(argv[i]);

		if (!dir) {
			perror(argv[i]);
			return 1;
		}
		while ((entry = readdir(dir)))
			if (entry->d_name[0] != '.')
				nr += !feed(argv[i], entry->d_name);
		closedir(dir);
	}
	printf("%d inputs\n", nr);
	return nr ? 0 : 1;
}
